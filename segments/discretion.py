"""Small numbers of a rule about personal data: they could tell of one person what only some may see (docs/accounts.md).

Whoever may not see personal data learns of a definition that names such traits or properties, itself or through the
segments that it is built on, only whether a count is fewer than `FEWEST` or all but so few. All other numbers are exact
for everybody.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue, Field
from segments.rules.needs import Needs, needs
from segments.rules.nodes import Definition
from segments.rules.parse import parse

FEWEST = 5
SEES_PEOPLE = (Action.READ_MEMBERS, Action.READ_PERSONAL)
"""Either shows people themselves, so a small number tells nothing more."""


def fewest_told(actor: Actor, definition: Definition, catalogue: Catalogue, as_of: datetime) -> int:
    """The smallest count of the definition that this actor is told; 0 where all are. `is_told` applies it."""
    if any(policy.allows(actor, action) for action in SEES_PEOPLE):
        return 0
    return FEWEST if names_personal(definition, catalogue, as_of) else 0


def is_told(count: int, population: int, fewest: int) -> bool:
    """Whether neither those who are counted nor those who are left over are fewer than `fewest`."""
    return min(count, population - count) >= fewest


def refuse_small_change(
    actor: Actor, definitions: Iterable[Definition], as_of: datetime, counts: Iterable[int]
) -> None:
    """Raises `PermissionDenied` if a difference of these definitions is too small to be told to this actor.

    The difference of two rules counts one person as easily as a rule does, so it is held to the same number.
    """
    catalogue = load_catalogue()
    fewest = max(fewest_told(actor, definition, catalogue, as_of) for definition in definitions)
    if min(counts) < fewest:
        raise PermissionDenied(
            "The rule names personal data, and so few enter or leave that the numbers could tell of one person: ask "
            "somebody who may see personal data."
        )


def may_break_down(actor: Actor, field: Field) -> bool:
    """Whether this actor may see how a count spreads over the values of a trait."""
    return not field.personal or policy.allows(actor, Action.READ_PERSONAL)


def names_personal(definition: Definition, catalogue: Catalogue, as_of: datetime) -> bool:
    """Whether a trait or property that the definition depends on, however far down, is marked as personal."""
    waiting, seen = [definition], set[str]()
    while waiting:
        found = needs(waiting.pop(), catalogue, as_of=as_of, default_timezone=settings.TIME_ZONE)
        if _is_personal(found, catalogue):
            return True
        for key in found.segments - seen:
            seen.add(key)
            written = catalogue.segments[key].definition
            waiting.append(parse(written, catalogue, default_timezone=settings.TIME_ZONE, key=key))
    return False


def _is_personal(found: Needs, catalogue: Catalogue) -> bool:
    fields = [
        *(catalogue.profile_traits[key] for key in found.profile_traits),
        *(catalogue.company_traits[key] for key in found.company_traits),
        *(catalogue.events[event].properties[key] for event, key in found.properties),
    ]
    return any(field.personal for field in fields)
