"""Tables while they are changed: their rows, totals and formulas, and all that refers to them."""
