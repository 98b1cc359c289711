"""Worksheets as bytes: rows and cells found, read, changed and cut into segments."""
