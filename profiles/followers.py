"""What apps above this one do when something happens to profiles. No models: apps add themselves before these load."""

from collections.abc import Callable, Collection

of_merges: list[Callable[[int, int], None]] = []
"""Each is called in the transaction of the merge, with the profile that is gone and the one that stays."""

of_consent: list[Callable[[Collection[int]], None]] = []
"""Each is called in the transaction that has changed what people agree to, or whether they are suppressed, with the
profiles: their rows are held FOR UPDATE, so no sender is between its question and its commit."""
