"""What each may do: one table, for pages, API, commands and the admin site.

An action is allowed if the person may do it and, where a program acts, its token has a scope for it: a token never
gives more than its person has at this moment. docs/accounts.md shows the table to people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet

from accounts.actors import Actor
from accounts.models import Role, Scope, Team, TeamMember, User

Row = TypeVar("Row", bound=Model)


class Action(Enum):
    """What somebody wants to do, to the things of a team or in general."""

    READ = "read what is open to all staff"
    READ_TEAM = "read what only the team sees: drafts, connections, mappings, deliveries"
    EDIT = "make, change, publish, pause and run segments, connections and activations"
    IMPORT = "bring in profiles, companies and events from files"
    READ_IMPORTS = "see the imports of the team: what came in, and why something was refused"
    APPROVE = "retire; approve and reject versions"
    ADMINISTER_TEAM = "members and settings of the team"
    READ_MEMBERS = "see who is in a segment"
    READ_PERSONAL = "see who a customer is and what is known of them"
    RECORD_CONSENT = "record what a customer agrees to, suppress them and lift it"
    ERASE = "erase a customer everywhere"
    OWN_TOKENS = "make and revoke one's own tokens"
    ADMINISTER = "users, teams, all tokens, the catalogue, the whole audit log"


@dataclass(frozen=True, slots=True)
class Rule:
    """`scopes`: a token needs one of them. `role`: the least in the team; None where no team is asked for."""

    scopes: tuple[Scope, ...]
    role: Role | None = None
    personal: bool = False
    administrators_only: bool = False


RULES: Mapping[Action, Rule] = MappingProxyType(
    {
        Action.READ: Rule((Scope.READ,)),
        Action.READ_TEAM: Rule((Scope.READ,), role=Role.VIEWER),
        Action.EDIT: Rule((Scope.WRITE,), role=Role.EDITOR),
        Action.IMPORT: Rule((Scope.WRITE,), role=Role.EDITOR, personal=True),
        Action.READ_IMPORTS: Rule((Scope.READ,), role=Role.VIEWER, personal=True),
        Action.APPROVE: Rule((Scope.WRITE,), role=Role.APPROVER),
        Action.ADMINISTER_TEAM: Rule((Scope.WRITE, Scope.ADMIN), role=Role.ADMIN),
        Action.READ_MEMBERS: Rule((Scope.MEMBERS,), personal=True),
        Action.READ_PERSONAL: Rule((Scope.PII,), personal=True),
        Action.RECORD_CONSENT: Rule((Scope.WRITE,), personal=True),
        Action.ERASE: Rule((Scope.ADMIN,), administrators_only=True),
        Action.OWN_TOKENS: Rule((Scope.ADMIN,)),
        Action.ADMINISTER: Rule((Scope.ADMIN,), administrators_only=True),
    }
)


def require(actor: Actor, action: Action, team: Team | None = None) -> None:
    """Come back if the actor may do this; `team` owns what it is done to. Raises `PermissionDenied` in words."""
    if refused := _refusal(actor, action, team):
        raise PermissionDenied(refused)


def allows(actor: Actor, action: Action, team: Team | None = None) -> bool:
    """Whether `require` would come back."""
    return not _refusal(actor, action, team)


def abilities(actor: Actor, team: Team) -> frozenset[Action]:
    """All that the actor may do to the things of a team, and in general: for pages that offer what may be done."""
    role: str | None = Role.ADMIN
    if not _is_over_teams(actor):
        role = _roles(actor).filter(team=team).values_list("role", flat=True).first()
    return frozenset(
        action
        for action, rule in RULES.items()
        if not _refusal_anywhere(actor, action) and (rule.role is None or role in rule.role.or_higher())
    )


def require_anywhere(actor: Actor, action: Action) -> None:
    """All that can be said before it is known which team is concerned. Raises `PermissionDenied` in words."""
    if refused := _refusal_anywhere(actor, action):
        raise PermissionDenied(refused)


def teams(actor: Actor, action: Action) -> QuerySet[Team]:
    """The teams to whose things the actor may do this; all of them where the team does not matter."""
    if _refusal_anywhere(actor, action):
        return Team.objects.none()
    role = RULES[action].role
    if role is None or _is_over_teams(actor):
        return Team.objects.all()
    return Team.objects.filter(pk__in=_roles(actor).filter(role__in=role.or_higher()).values("team"))


def visible_teams(actor: Actor) -> QuerySet[Team]:
    """The teams whose own things the actor sees."""
    return teams(actor, Action.READ_TEAM)


def scoped(actor: Actor, queryset: QuerySet[Row], *, team: str = "team", open_to_all: Q | None = None) -> QuerySet[Row]:
    """Those rows that the person may see: of their teams, and what is open to all staff.

    `team` is the path from a row to the team that owns it. Whether a token's scopes allow what is done with the rows
    is for the action that is asked for: one that may only write has to find what it writes to.
    """
    if not is_somebody(actor):
        return queryset.none()
    if _is_over_teams(actor):
        return queryset
    own = Q(**{f"{team}__in": _roles(actor).values("team")})
    return queryset.filter(own if open_to_all is None else own | open_to_all)


def is_somebody(actor: Actor) -> bool:
    """Whether it is the installation, or a person whose account is not switched off."""
    return actor.is_installation or (actor.user is not None and actor.user.is_active)


def _refusal(actor: Actor, action: Action, team: Team | None) -> str:
    rule = RULES[action]
    if rule.role is not None and team is None:
        raise ValueError(f"Whether somebody may {action.name} depends on the team: name it.")
    if refused := _refusal_anywhere(actor, action):
        return refused
    if rule.role is None or _is_over_teams(actor):
        return ""
    if _roles(actor).filter(team=team, role__in=rule.role.or_higher()).exists():
        return ""
    return f"This needs the role {rule.role.value}{'' if rule.role is Role.ADMIN else ' or higher'} in the team {team}."


def _refusal_anywhere(actor: Actor, action: Action) -> str:
    if actor.is_installation:
        return ""
    rule, user = RULES[action], actor.user
    if user is None or not is_somebody(actor):
        return "This account has been switched off; an administrator can switch it on."
    if actor.token is not None and (refused := _refusal_of_token(actor.token.scopes, rule)):
        return refused
    if rule.administrators_only and not user.is_superuser:
        return "This is for administrators of the installation."
    if rule.personal and not _sees_personal_data(user):
        return "This shows personal data, which needs a permission of its own: ask an administrator."
    return ""


def _refusal_of_token(scopes: list[str], rule: Rule) -> str:
    if any(scope in scopes for scope in rule.scopes):
        return ""
    return f"This token lacks the scope {' or '.join(rule.scopes)}."


def _sees_personal_data(user: User) -> bool:
    return user.is_superuser or user.sees_personal_data


def _is_over_teams(actor: Actor) -> bool:
    return actor.is_installation or (actor.user is not None and actor.user.is_superuser)


def _roles(actor: Actor) -> QuerySet[TeamMember, Any]:
    return TeamMember.objects.filter(user=actor.user)
