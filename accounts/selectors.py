"""What people see of staff, teams, tokens and the audit log; pages, API and commands ask here."""

from django.db.models import Q, QuerySet

from accounts import policy
from accounts.actors import Actor
from accounts.models import AuditEntry, Session, Team, TeamMember, Token, User
from accounts.policy import Action
from lib import clock

READS = ".read"
"""Actions that end so are readings of personal data, which only administrators look into."""


def teams(*, actor: Actor) -> QuerySet[Team]:
    """All teams: their names are no secret among staff."""
    return Team.objects.all() if policy.is_somebody(actor) else Team.objects.none()


def members(*, actor: Actor, team: Team) -> QuerySet[TeamMember]:
    """Who is in a team. Raises `PermissionDenied` for who is not."""
    policy.require(actor, Action.READ_TEAM, team)
    return TeamMember.objects.filter(team=team).select_related("user")


def users(*, actor: Actor) -> QuerySet[User]:
    """All accounts for administrators; for others those that they share a team with, and their own."""
    if policy.allows(actor, Action.ADMINISTER):
        return User.objects.all()
    if actor.user is None or not policy.is_somebody(actor):
        return User.objects.none()
    together = TeamMember.objects.filter(team__in=policy.visible_teams(actor)).values("user")
    return User.objects.filter(Q(pk=actor.user.pk) | Q(pk__in=together))


def sessions(*, actor: Actor) -> QuerySet[Session]:
    """Where the actor is signed in, the last used first."""
    rows = Session.objects.filter(user=actor.user, expire_date__gt=clock.now()).order_by("-seen_at", "pk")
    return rows if actor.user is not None and policy.is_somebody(actor) else rows.none()


def administrators(*, actor: Actor) -> QuerySet[User]:
    """Whom to ask for a permission: the administrators of the installation; all staff may know who they are."""
    rows = User.objects.filter(is_superuser=True, is_active=True).order_by("name", "email")
    return rows if policy.is_somebody(actor) else rows.none()


def tokens(*, actor: Actor) -> QuerySet[Token]:
    """One's own, or everybody's for administrators; never the token itself, which is kept nowhere."""
    rows = Token.objects.select_related("user")
    if policy.allows(actor, Action.ADMINISTER):
        return rows
    if actor.user is None or not policy.is_somebody(actor):
        return rows.none()
    return rows.filter(user=actor.user)


def audit_entries(*, actor: Actor) -> QuerySet[AuditEntry]:
    """All for administrators; for others those of their teams, but for readings of personal data."""
    if policy.allows(actor, Action.ADMINISTER):
        return AuditEntry.objects.all()
    own = policy.visible_teams(actor).values("pk")
    return AuditEntry.objects.filter(team_id__in=own).exclude(action__endswith=READS)
