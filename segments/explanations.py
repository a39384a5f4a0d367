"""Why a profile or a company is a member or not, as commands and the API answer it."""

from datetime import datetime
from typing import Any

from lib import clock
from segments.engine import Why, why
from segments.members import find_member
from segments.registry import load_labels
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.instants import format_instant
from segments.rules.nodes import At, Definition
from segments.rules.normalise import definition_sha256
from segments.rules.words import describe

TODAYS_TRAITS = "with today's traits"
"""Only events have a past: traits, companies and who belongs to whom are as they are now (RULES section 3)."""
OUTSIDE = {
    Unit.PROFILE: "This profile has no external id, e-mail address or phone number, so it is counted nowhere.",
    Unit.COMPANY: "This company is only named by others: nothing has described it yet, so it is counted nowhere.",
}


def explain(
    definition: Definition, name: str, *, catalogue: Catalogue, as_of: datetime | None, seconds: float
) -> dict[str, Any]:
    """The answer as JSON, for the member of the definition's unit that is called `name`.

    Raises `UnknownMemberError`, and `EngineError` if the query fails or takes longer than `seconds`.
    """
    member, now, labels = find_member(definition.unit, name), clock.now(), load_labels()
    told = why(definition, member, catalogue=catalogue, labels=labels, as_of=as_of or now, seconds=seconds)
    answer = {
        definition.unit.value: name,
        "member": told.member,
        "as_of": format_instant(At(told.as_of)),
        "words": describe(definition, labels),
        "definition_sha256": definition_sha256(definition),
        "milliseconds": round(told.milliseconds, 1),
    }
    return answer | _told(told, definition.unit) | ({"note": TODAYS_TRAITS} if told.as_of < now else {})


def _told(told: Why, unit: Unit) -> dict[str, Any]:
    if told.tree is None:
        return {"in_population": False, "reason": OUTSIDE[unit], "tree": None}
    return {"in_population": True, "tree": told.tree.as_json()}
