"""What apps above this one do when profiles are merged. No models: apps add themselves before those are there."""

from collections.abc import Callable

of_merges: list[Callable[[int, int], None]] = []
"""Each is called in the transaction of the merge, with the profile that is gone and the one that stays."""
