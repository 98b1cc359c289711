"""Tests of workbook_cms/file/tables."""
