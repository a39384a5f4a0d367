"""What the form begins with: nothing, a template, another segment, the newest version, or a draft kept before."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.actors import Actor
from lib import clock
from pages.builder.forms import told
from pages.builder.goals import Goal
from pages.templatetags.registry import as_json
from segments import selectors
from segments.models import Segment, SegmentVersion
from segments.services.contract import contract_of

REVIEW_AFTER = timedelta(days=90)
NOT_KEPT = ("csrfmiddlewaretoken", "action")
EMPTY = {"unit": "profile", "rule": {"all": []}}


def blank(actor: Actor) -> dict[str, Any]:
    """A new segment: the person answers for it, and looks at it again in a quarter."""
    return {
        "owner": actor.user.pk if actor.user else None,
        "freshness": timedelta(hours=1),
        "review_on": clock.now().date() + REVIEW_AFTER,
        "review_months": 3,
        "definition": as_json(EMPTY),
    }


def from_goal(goal: Goal, actor: Actor) -> dict[str, Any]:
    """A new segment from a template that is usable. Raises `Http404` for one that is not."""
    if goal.definition is None:
        raise Http404(goal.lacks)
    given = {"name": goal.name, "key": slug(goal.name), "decision": goal.decision, "unit": goal.definition["unit"]}
    return blank(actor) | given | {"definition": as_json(goal.definition)}


def from_copy(original: Segment, actor: Actor) -> dict[str, Any]:
    """A new segment with the rule of another one, whose decision and name are for the person to find."""
    version = selectors.newest_version(actor=actor, segment=original)
    name = _("Copy of %(name)s") % {"name": original.name}
    given = {"name": name[:150], "key": f"{original.key}-copy"[:100], "unit": original.unit}
    rule = {"definition": as_json(version.definition)} if version else {"definition": as_json(empty_for(original))}
    return blank(actor) | given | {"team": original.team_id, "freshness": original.freshness} | rule


def from_segment(segment: Segment, version: SegmentVersion | None) -> dict[str, Any]:
    """A segment as it is, with its newest version."""
    return {
        **contract_of(segment),
        "owner": segment.owner_id,
        "definition": as_json(version.definition if version else empty_for(segment)),
        "base": version.number if version else 0,
        "seen": told(contract_of(segment)),
    }


def with_draft(start: dict[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """A start with what was kept of a draft put over it; `seen` is what the draft's page had seen."""
    kept: dict[str, Any] = {name: value for name, value in fields.items() if name not in NOT_KEPT}
    return start | kept | {"seen": _read(fields.get("seen", ""))}


def _read(seen: str) -> Any:
    """What a draft says its page had seen; what is no JSON has seen nothing."""
    try:
        return json.loads(seen)
    except ValueError:
        return {}


def empty_for(segment: Segment) -> dict[str, Any]:
    return EMPTY | {"unit": segment.unit}


def slug(name: str) -> str:
    """A key from a name, as the page's script proposes it."""
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name.lower())
    return "-".join(filter(None, plain.split("-")))[:100]
