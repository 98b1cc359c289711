"""The policy outside the rules: as YAML, as sheets of a workbook, as a Data Package, and how one becomes another."""
