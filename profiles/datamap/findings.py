"""What is wrong with an input: it is stale, or it is thinning. Each with its numbers and a next step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib import ages

STALE, THINNING = "stale", "thinning"
TITLES = {STALE: gettext_lazy("Stale"), THINNING: gettext_lazy("Thinning")}
SILENCES = 1.5
"""An event may be as late as so many times its longest silence of the last 90 days: it may be rare, or in waves."""
FALLEN_TO = 0.8
"""Coverage that has fallen to this share of what it was."""
HALVED = 0.5
"""A week's events that are this share of an earlier week's."""
FEWEST_FILLED, FEWEST_WEEKLY = 50, 20
"""With fewer than that chance alone moves the numbers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`evidence` is a sentence with its numbers, which `numbers` has for programs; `next_step` says what to do."""

    kind: str
    evidence: str
    next_step: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The kind, in a word for people."""
        return str(TITLES[self.kind])


def allowed_age(promise: timedelta | None, silence: timedelta | None) -> timedelta | None:
    """How old the newest event may be; None where nothing is promised, or its rhythm is not known yet."""
    if promise is None or silence is None:
        return None
    return max(promise, SILENCES * silence)


def stale(
    newest: datetime | None, now: datetime, *, allowed: timedelta | None, promise: timedelta | None, source: str
) -> Finding | None:
    """The newest value is older than the source promised."""
    if newest is None or allowed is None or promise is None or now - newest <= allowed:
        return None
    told = {"age": ages.span(now - newest), "source": source, "every": ages.every(promise)}
    return Finding(
        STALE,
        _("The newest value is %(age)s old; “%(source)s” promises one %(every)s.") % told,
        _("See whether “%(source)s” still sends: its key, its last import, the quarantine.") % told,
        {
            "age_seconds": int((now - newest).total_seconds()),
            "promise_seconds": int(promise.total_seconds()),
            "allowed_seconds": int(allowed.total_seconds()),
        },
    )


def coverage_fell(before: float | None, filled: int, population: int) -> Finding | None:
    """Fewer have a trait than a few weeks ago; `before` is the highest share of then."""
    if not before or not population or filled / population > FALLEN_TO * before:
        return None
    share = filled / population
    told = {"now": _percent(share), "before": _percent(before)}
    return Finding(
        THINNING,
        _("%(now)s have it now; up to %(before)s had in the last four weeks.") % told,
        _("Find out what no longer brings it: a form that changed, an import without the column, a deletion."),
        {"share": share, "share_before": before, "filled": filled, "population": population},
    )


def volume_fell(week: int, lowest: int) -> Finding | None:
    """Fewer events in the last seven whole days than in any of the four weeks before: what comes in waves, such as a
    monthly letter, has a low week among those."""
    if lowest < FEWEST_WEEKLY or week > HALVED * lowest:
        return None
    return Finding(
        THINNING,
        _("%(week)s in the last 7 days; each of the four weeks before had %(lowest)s or more.")
        % {"week": f"{week:,}", "lowest": f"{lowest:,}"},
        _("Find out what no longer sends it: a release of the app, a page that is gone, a blocked script."),
        {"week": week, "lowest_week_before": lowest},
    )


def property_fell(recent: int, of_recent: int, filled: int, population: int) -> Finding | None:
    """Fewer events of the last 7 days carry a property than those of the 23 days before."""
    older, of_older = filled - recent, population - of_recent
    if older < FEWEST_FILLED or of_recent < FEWEST_FILLED:
        return None
    share, before = recent / of_recent, older / of_older
    if share > FALLEN_TO * before:
        return None
    told = {"now": _percent(share), "before": _percent(before)}
    return Finding(
        THINNING,
        _("%(now)s of the events of the last 7 days have it; %(before)s of the 23 days before had.") % told,
        _("Find out what sends the event without it: a release of the app, or another sender."),
        {"share": share, "share_before": before, "events": of_recent},
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0") + " %" if share < 0.1 else f"{100 * share:.0f} %"
