"""What all pages of one segment share: its head with health and actions, and the tabs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import actor_of
from accounts.policy import Action
from lib import clock
from pages.catalogue import catalogue
from profiles.models import Unit
from segments import selectors, upkeep
from segments.health import Health, in_words
from segments.models import Run, Segment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

UNITS = {Unit.PROFILE: _("people"), Unit.COMPANY: _("companies")}
WORKABLE = (Segment.State.DRAFT, Segment.State.LIVE, Segment.State.PAUSED)


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of a segment; `count` is shown beside its name where there is something to count."""

    url_name: str
    label: "str | _StrPromise"
    count: int | None = None


def segment_of(request: HttpRequest, key: str) -> Any:
    """The segment with its health, its uses, the number of its versions and that of the last count. Raises 404.

    Adds `good_version`, the number of the version that was counted last, `good_finished_at`, when that ended, and
    `looked_at`, the database's clock at this statement.
    """
    actor = actor_of(request)
    good = Run.objects.filter(pk=OuterRef("good_id"))
    rows = selectors.with_versions(actor=actor, segments=catalogue(actor)).annotate(
        good_version=Subquery(good.values("version__number")),
        good_finished_at=Subquery(good.values("finished_at")),
        looked_at=clock.at_statement(),
    )
    return get_object_or_404(rows, key=key)


def frame(request: HttpRequest, segment: Any, tab: str) -> Mapping[str, Any]:
    """What ``segments/frame.html`` needs; `tab` is the name of the page's address."""
    now = segment.looked_at
    actor = actor_of(request)
    may = policy.abilities(actor, segment.team)
    return {
        "here": "segments",
        "segment": segment,
        "health": in_words(segment, now),
        "kept": upkeep.in_words(segment),
        "is_broken": segment.health == Health.BROKEN,
        "is_overdue": segment.review_on is not None and segment.review_on < now.date() and segment.state in WORKABLE,
        "now": now,
        "unit": UNITS[Unit(segment.unit)],
        "reader": actor.user,
        "may_edit": Action.EDIT in may,
        "may_retire": Action.APPROVE in may and segment.state in WORKABLE,
        "may_approve": Action.APPROVE in may,
        "may_override": Action.ADMINISTER in may,
        "tab": tab,
        "tabs": (
            Tab("segment-page", _("Overview")),
            Tab("segment-members", _("Members")),
            Tab("segment-versions", _("Versions"), segment.versions_seen),
            Tab("segment-runs", _("Runs")),
            Tab("segment-activations", _("Activations"), segment.activations),
            Tab("segment-audit", _("Audit")),
        ),
    }
