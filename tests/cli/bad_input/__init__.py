"""Bad input of every kind: one line with place, problem and remedy, exit 2, nothing changed or left behind."""
