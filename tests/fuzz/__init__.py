"""Workbooks bent at random: whatever is done to a file, nobody gets more than one line, and nothing is lost."""
