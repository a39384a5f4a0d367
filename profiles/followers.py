"""What apps above this one do when something happens to profiles. No models: apps add themselves before these load."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

of_merges: list[Callable[[int, int], None]] = []
"""Each is called in the transaction of the merge, with the profile that is gone and the one that stays."""

of_consent: list[Callable[[Collection[int]], None]] = []
"""Each is called in the transaction that has changed what people agree to, or whether they are suppressed, with the
profiles: their rows are held FOR UPDATE, so no sender is between its question and its commit."""

of_erasures: list[Callable[[int], Mapping[str, int]]] = []
"""Each is called after a profile was erased, in a transaction that may be run again: forgets what it has of them, and
answers how much of what (`ErasureStep.What`)."""


@dataclass(frozen=True, slots=True)
class Remain:
    """Something that is still there of an erased profile: where, and what will take it away or who has to."""

    where: str
    until: str


of_remains: list[Callable[[int], list[Remain]]] = []
"""Each answers what its app, or a tool that it serves, still has of an erased profile."""

of_access: list[Callable[[int], Mapping[str, Iterable[Mapping[str, Any]]]]] = []
"""Each answers what its app holds about a profile: kind of thing → rows, for the person to read."""

of_operations: list[Callable[[], Mapping[str, Any]]] = []
"""Each answers how its part of the installation is, in numbers, for administrators."""
