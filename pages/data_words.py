"""How pages show rows of the data map: addresses, ages, and bars of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from lib import ages
from profiles.datamap.rows import Row
from profiles.datamap.selectors import Day
from profiles.models import EventType, TraitDefinition
from profiles.uses import Entry, Use

PATHS = {"traits": TraitDefinition, "events": EventType}
HEIGHT = 100.0
BAR, STEP = 8.0, 10.0


def path_of(entry: Entry) -> str:
    """The page of a trait, an event or a property."""
    kind = {TraitDefinition: "traits", EventType: "events"}.get(type(entry), "properties")
    return reverse("data-entry", args=[kind, entry.pk])


def path_of_use(use: Use) -> str:
    """The page of a segment or an activation."""
    return reverse("segment-page" if use.kind == "segment" else "activation-page", args=[use.key])


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the data map beside its numbers. `age` is the newest value's in words, `about` what it belongs to."""

    row: Row
    path: str
    about: str
    age: str

    @property
    def segments(self) -> int:
        return sum(use.kind == "segment" for use in self.row.uses)

    @property
    def activations(self) -> int:
        return sum(use.kind == "activation" for use in self.row.uses)


def shown(row: Row, now: datetime) -> Shown:
    """A row as the pages tell it."""
    return Shown(row, path_of(row.entry), about(row), ages.ago(row.newest, now) if row.newest else "")


def about(row: Row) -> str:
    """ "trait of people", "event", "property of Order placed"."""
    if row.kind == "property":
        return _("property of %(event)s") % {"event": row.name.name}
    return {"profile": _("trait of people"), "company": _("trait of companies")}.get(row.kind, _("event"))


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a chart, in the units of its view box."""

    day: Day
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """The chart of some days; `most` is the number that the highest bar stands for."""

    bars: Sequence[Bar]
    most: float
    width: float


def bars_of(days: Sequence[Day]) -> Bars | None:
    """Events, or the share of those who have a trait; None where nothing was counted."""
    if not days:
        return None
    values = [_value(day) for day in days]
    most = 1.0 if days[0].population is not None else max(*values, 1.0)
    bars = [
        Bar(day, round(place * STEP, 1), round(HEIGHT * (1 - value / most), 1), round(HEIGHT * value / most, 1))
        for place, (day, value) in enumerate(zip(days, values, strict=True))
    ]
    return Bars(bars, most, len(days) * STEP - (STEP - BAR))


def _value(day: Day) -> float:
    if day.population is None:
        return float(day.number)
    return day.number / day.population if day.population else 0.0
