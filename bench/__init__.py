"""Benchmarks: `python -m bench [NAME ...] [--size S100k|S1M]`, one JSON line each (see docs/benchmarks.md)."""
