"""The workbook as a file: the zip, its tables as bytes, and the folder beside it. Knows no rules."""
