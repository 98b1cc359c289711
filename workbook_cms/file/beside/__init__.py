"""What lies beside a workbook: journal, lock, copies, settings, and who may read them."""
