"""Small numbers of a rule about personal data: they could tell of one person what only some may see (docs/accounts.md).

Whoever may not see personal data learns of a definition that names such traits or properties, itself or through the
segments that it is built on, only whether a count is fewer than `FEWEST` or all but so few. All other numbers are exact
for everybody.
"""

from datetime import datetime

from django.conf import settings

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from segments.rules.catalogue import Catalogue
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
