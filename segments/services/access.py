"""Who may change a team's segments."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied

from accounts.models import Team, TeamMember, User

EDITORS = (TeamMember.Role.EDITOR, TeamMember.Role.APPROVER, TeamMember.Role.ADMIN)
APPROVERS = (TeamMember.Role.APPROVER, TeamMember.Role.ADMIN)


def require(actor: User | None, team: Team, roles: Collection[str]) -> None:
    """Let the installation itself, administrators and the team's people of these roles pass.

    Raises `PermissionDenied` for everybody else.
    """
    if actor is None or (actor.is_active and actor.is_superuser):
        return
    if actor.is_active and TeamMember.objects.filter(team=team, user=actor, role__in=roles).exists():
        return
    raise PermissionDenied(f"This needs the role {' or '.join(roles)} in the team {team}.")
