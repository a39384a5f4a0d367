"""What can go wrong with a segment beside its runs, one check per file; each says what to do.

A check is a class below `segments.checks`, or below a package `segment_checks` of an app that may import this one, and
is found by being there.
"""

from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World

__all__ = ["Check", "Finding", "Severity", "World"]
