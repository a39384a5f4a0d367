"""Teams and who belongs to them."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.models import Role, Team, TeamMember, User
from accounts.policy import Action

SETTINGS = ("name", "colour", "four_eyes")


@transaction.atomic
def create_team(*, actor: Actor, key: str, name: str, colour: str = "#3b5bdb", four_eyes: bool = False) -> Team:
    """A team without members. Raises `ValidationError` by field."""
    policy.require(actor, Action.ADMINISTER)
    team = Team(key=key, name=name, colour=colour, four_eyes=four_eyes)
    team.full_clean()
    team.save()
    after = {"key": key, **audit.values(team, SETTINGS)}
    audit.record(actor=actor, action="team.create", target=team, team=team, after=after)
    return team


@transaction.atomic
def change_team(*, actor: Actor, team: Team, name: str, colour: str, four_eyes: bool) -> Team:
    """Change a team's settings; its key stays."""
    policy.require(actor, Action.ADMINISTER_TEAM, team)
    locked = Team.objects.select_for_update().get(pk=team.pk)
    before = audit.values(locked, SETTINGS)
    locked.name, locked.colour, locked.four_eyes = name, colour, four_eyes
    locked.full_clean()
    locked.save(update_fields=[*SETTINGS])
    after = audit.values(locked, SETTINGS)
    audit.record(actor=actor, action="team.change", target=locked, team=locked, before=before, after=after)
    return locked


@transaction.atomic
def set_role(*, actor: Actor, team: Team, user: User, role: str) -> TeamMember:
    """Give somebody a role in a team, who may be a member already. Nobody changes one's own, administrators apart."""
    policy.require(actor, Action.ADMINISTER_TEAM, team)
    _refuse_oneself(actor, user)
    Team.objects.select_for_update().get(pk=team.pk)  # two that add the same person take turns
    if not user.is_active:
        raise ValidationError({"user": "This account has been switched off."})
    member = TeamMember.objects.filter(team=team, user=user).first() or TeamMember(team=team, user=user, role="")
    if role != Role.ADMIN:
        _refuse_the_last_admin(actor, member)
    before = member.role or None
    member.role = role
    member.full_clean()
    member.save()
    _record(actor, "team.set_role", team, user, before=before, after=role)
    return member


@transaction.atomic
def remove_member(*, actor: Actor, team: Team, user: User) -> None:
    """Take somebody out of a team. Raises `ValidationError` for who is no member, and for the last admin."""
    policy.require(actor, Action.ADMINISTER_TEAM, team)
    Team.objects.select_for_update().get(pk=team.pk)  # two admins that leave take turns
    member = TeamMember.objects.select_for_update(of=("self",)).filter(team=team, user=user).first()
    if member is None:
        raise ValidationError({"user": f"This person is no member of the team {team}."})
    _refuse_the_last_admin(actor, member)
    before = member.role
    member.delete()
    _record(actor, "team.remove_member", team, user, before=before, after=None)


def _record(actor: Actor, action: str, team: Team, user: User, before: str | None, after: str | None) -> None:
    """Roles by the address of whom they are of."""
    audit.record(
        actor=actor, action=action, target=team, team=team, before={user.email: before}, after={user.email: after}
    )


def _refuse_the_last_admin(actor: Actor, member: TeamMember) -> None:
    """A team that has an admin keeps one; says who could take over. Administrators can always make another."""
    if member.role != Role.ADMIN or policy.allows(actor, Action.ADMINISTER):
        return
    others = TeamMember.objects.filter(team=member.team, user__is_active=True).exclude(pk=member.pk)
    if others.filter(role=Role.ADMIN).exists():
        return
    able = ", ".join(str(other.user) for other in others.select_related("user").order_by("user__name", "user__email"))
    who = f"make one of the others admin first: {able}." if able else "add somebody and make them admin first."
    raise ValidationError(f"{member.user} is the last admin of {member.team}: {who}", code="state")


def _refuse_oneself(actor: Actor, user: User) -> None:
    if actor.user is not None and actor.user.pk == user.pk and not actor.user.is_superuser:
        raise PermissionDenied("Nobody changes their own role: another admin of the team can.")
