"""Teams and people as requests name them."""

from rest_framework.exceptions import ValidationError

from accounts.models import Team, User


def team_named(key: str) -> Team:
    """Every team's name is known to all staff; whether one may do something there is the service's to say.

    Raises `ValidationError` at `team`.
    """
    team = Team.objects.filter(key=key).first()
    if team is None:
        raise ValidationError({"team": [f"There is no team '{key}': see `teams`."]}, "unknown_team")
    return team


def owner_named(email: str | None) -> User | None:
    """The member of staff with this address. Raises `ValidationError` at `owner`."""
    if email is None:
        return None
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise ValidationError({"owner": [f"No member of staff has the address {email}."]}, "unknown_owner")
    return user
