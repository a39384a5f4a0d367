"""What a segment must say before its rule may be in force (DESIGN section 6)."""

from datetime import date

from django.core.exceptions import ValidationError

from accounts.models import Team, TeamMember, User


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
