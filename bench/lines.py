"""What a bench prints: one line of JSON, and the arithmetic behind it."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

ROUNDS = 3
"""Both sides are timed so often, in turn; the median counts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure against another. `target` bounds the ratio, or `ours` where `bounds` says so.

    `at_most` tells on which side of the target it should lie. A line with `void` has a figure that means nothing, and
    `void` says why; a line without a rival has no ratio.
    """

    name: str
    size: str
    unit: str
    ours: float | None
    rival: float | None
    target: float | None
    against: str
    at_most: bool = True
    bounds: str = "ratio"
    void: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Ours to the rival's."""
        return self.ours / self.rival if self.ours is not None and self.rival else None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where that can't be said."""
        bounded = self.ratio if self.bounds == "ratio" else self.ours
        if self.void or bounded is None or self.target is None:
            return None
        return bounded <= self.target if self.at_most else bounded >= self.target

    def __str__(self) -> str:
        figures = {
            "bench": self.name,
            "size": self.size,
            "ours": _short(self.ours),
            "rival": _short(self.rival),
            "unit": self.unit,
            "ratio": _short(self.ratio),
            "target": self.target,
            "of": self.bounds,
            "met": self.met,
            "against": self.against,
        }
        return json.dumps(figures | ({"void": self.void} if self.void else {}) | self.extra, ensure_ascii=False)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return float(median(values))


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")
