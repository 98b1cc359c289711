"""The zip: its directory, its members, and what of it is copied as it stands."""
