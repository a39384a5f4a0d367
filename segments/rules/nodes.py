"""The tree of a definition: frozen nodes, one class per production of the grammar.

Nodes hold checked values only. `path` is where the node stands in the document that people wrote, in the
notation of error paths; it takes no part in equality.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from segments.rules.catalogue import Unit

TimeUnit = Literal["minute", "hour", "day", "week", "month", "year"]
Period = Literal["day", "week", "month", "quarter", "year"]
Measure = Literal["count", "days", "sum", "avg", "min", "max", "distinct", "first_at", "last_at", "change"]


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number (from 1) of a unit of time."""

    count: int
    unit: TimeUnit


@dataclass(frozen=True, slots=True)
class At:
    """An instant with an offset, held in UTC with microseconds."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Midnight:
    """A date: its midnight in the definition's timezone."""

    day: date


@dataclass(frozen=True, slots=True)
class Ago:
    """An instant before `as_of`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Ahead:
    """An instant after `as_of`."""

    duration: Duration


Instant = At | Midnight | Ago | Ahead
Scalar = float | str | bool
Value = Scalar | Instant | Duration | tuple[Scalar, ...] | tuple[Instant, Instant] | None
"""None where the operator takes no value. `between` is a pair; `in`, `has_any` and the like a tuple."""


@dataclass(frozen=True, slots=True)
class Last:
    """``{"last": D}``: [as_of - D, as_of)."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Days:
    """``{"days": N, "until": ...}``: N whole days before today, with today so far where `until` is now."""

    count: int
    until: Literal["today", "now"]


@dataclass(frozen=True, slots=True)
class This:
    """``{"this": PERIOD}``: from the start of the period to `as_of`."""

    period: Period


@dataclass(frozen=True, slots=True)
class Previous:
    """``{"previous": PERIOD}``: the whole period before this one."""

    period: Period


@dataclass(frozen=True, slots=True)
class Between:
    """``{"from": INSTANT, "to": INSTANT}``, half-open; None is no beginning or no end."""

    start: Instant | None
    end: Instant | None


Window = Last | Days | This | Previous | Between


@dataclass(frozen=True, slots=True)
class All:
    """Every child is true."""

    rules: tuple["Rule", ...]
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Any:
    """At least one child is true."""

    rules: tuple["Rule", ...]
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The complement within the population of the unit in which it stands."""

    rule: "Rule"
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class InCompany:
    """``{"company": RULE}``: the profile has a company, and the rule is true of it."""

    rule: "Rule"
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The quantifier ``{"at_least": N}``."""

    count: int


Quantifier = Literal["any", "all", "none"] | AtLeast


@dataclass(frozen=True, slots=True)
class People:
    """``{"people": RULE}``: a statement about the profiles attached to a company."""

    rule: "Rule"
    quantifier: Quantifier = "any"
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Everyone:
    """True for each member of the population."""

    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Trait:
    """A comparison of one trait of the unit in which it stands."""

    key: str
    op: str
    value: Value = None
    missing: bool = False
    ignore_case: bool = False
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Property:
    """A comparison of one property of an event."""

    key: str
    op: str
    value: Value = None
    missing: bool = False
    ignore_case: bool = False
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """A comparison of a measure of the events that match; `names` is None for ``"*"``."""

    names: tuple[str, ...] | None
    where: tuple[Property, ...] = ()
    window: Window | None = None
    measure: Measure = "count"
    of: str | None = None
    op: str = "gte"
    value: Value = 1.0
    missing: bool = False
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence; `within` counts from the event of the step before."""

    names: tuple[str, ...] | None
    where: tuple[Property, ...] = ()
    within: Duration | None = None
    absent: bool = False
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Events in strictly growing order; only the last step may be absent."""

    steps: tuple[Step, ...]
    window: Window | None = None
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class SegmentRef:
    """The members of another segment at the same `as_of`."""

    key: str
    path: str = field(default="", compare=False)


Rule = All | Any | Not | InCompany | People | Everyone | Trait | Event | Sequence | SegmentRef


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole definition; `timezone` is an IANA name, already the default where the document left it out."""

    unit: Unit
    timezone: str
    rule: Rule
    version: int = 1
