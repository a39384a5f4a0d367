"""What a segment must say before its rule may be in force (DESIGN section 6)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import Team, TeamMember, User
from segments.models import Segment

APPROVED = ("name", "owner", "decision", "freshness", "review_on")
"""What approvers of a version agree to besides its rule."""
CONTRACT = (*APPROVED, "review_months", "expected_least", "expected_most", "notes", "tags")
MOST_TAGS = 20


def contract_of(segment: Segment) -> dict[str, Any]:
    """All that surrounds the rule and can change, as `change_contract` takes it."""
    return {name: getattr(segment, name) for name in CONTRACT}


def tidy(tags: Iterable[str]) -> list[str]:
    """Tags in small letters, each once. Raises `ValidationError` for too many."""
    found = list(dict.fromkeys(word for tag in tags if (word := " ".join(tag.lower().split()))))
    if len(found) > MOST_TAGS:
        raise ValidationError({"tags": f"A segment has at most {MOST_TAGS} tags."})
    return found


def require_contract(*, decision: str, owner: User | None, review_on: date | None) -> None:
    """Raises `ValidationError`, by field, for everything that the contract lacks."""
    lacks = {}
    if not decision.strip():
        lacks["decision"] = "Say what is done differently for these members."
    if owner is None or not owner.is_active:
        lacks["owner"] = "Name a person who answers for it and can sign in."
    if review_on is None:
        lacks["review_on"] = "Say when it is looked at again."
    if lacks:
        raise ValidationError(lacks)


def require_owner_of(team: Team, owner: User | None) -> None:
    """Raises `ValidationError` for an owner who could not change the segment: neither of the team nor administrator."""
    if owner is None or owner.is_superuser or TeamMember.objects.filter(team=team, user=owner).exists():
        return
    raise ValidationError({"owner": f"The owner must be a member of the team {team}."})
