"""What one record is held against, looked up in a table instead of searched for; kept while the table grows."""

from __future__ import annotations

from validation.lookup.table import Block, Held, TableLookup, cells_of, hashes_for

__all__ = ["Block", "Held", "TableLookup", "cells_of", "hashes_for"]
