"""What a check is, and what it finds."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from segments.models import CheckFinding

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from segments.checks.world import World

Severity = CheckFinding.Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one segment.

    `evidence` is a sentence with its numbers, which `numbers` has for programs; `next_step` says what to do. `subject`
    tells several findings of one check about one segment apart: a trait, or the key of another segment.
    """

    segment: int
    severity: Severity
    evidence: str
    next_step: str
    subject: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)


class Check(ABC):
    """One kind of fault. `key` is its name in the API and the database, `title` a word or two for people."""

    key: ClassVar[str]
    title: ClassVar["str | _StrPromise"]

    @abstractmethod
    def findings(self, world: "World") -> Iterable[Finding]:
        """Every case of it among the live segments."""
