"""Tests of workbook_cms/file/container."""
