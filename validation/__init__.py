"""The rules of workbook_cms, pure: a policy and frames in, findings out. Opens no file, reads no clock."""

__all__ = ["PROJECT"]

#: Tells this package from another one named ``validation`` that may stand earlier on the path.
PROJECT = "workbook_cms"
