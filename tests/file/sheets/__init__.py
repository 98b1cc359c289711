"""Tests of workbook_cms/file/sheets."""
