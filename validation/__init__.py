"""The rules of workbook_cms, pure: a policy and frames in, findings out. Opens no file, reads no clock."""
