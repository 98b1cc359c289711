"""Programs that measure our path and what a user would use instead, in turn, in one run: ``python -m benchmarks``."""
