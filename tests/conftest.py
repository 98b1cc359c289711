"""Fixtures shared by all tests, named for the state they give."""
