"""The seeded world that benchmarks run on: profiles, companies and a year of events."""

from bench.world.sizes import SIZES, Size

__all__ = ["SIZES", "Size"]
