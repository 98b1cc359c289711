"""Reports on a workbook: they read it, and never change it."""
