"""workbook_cms: a data-entry layer for teams that keep their customers in Excel."""
