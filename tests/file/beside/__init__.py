"""Tests of workbook_cms/file/beside."""
