"""Who stands in several workbooks of a folder."""
