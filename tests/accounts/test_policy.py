"""Who may do what: the table in the docs, the roles, and that tokens only take away."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts import policy
from accounts.actors import INSTALLATION, Actor
from accounts.models import Role, Scope, Team, User
from accounts.policy import RULES, Action
from tests.accounts.cast import make_administrator, make_person, make_team, with_token

pytestmark = pytest.mark.django_db

OF_TEAMS = [action for action in Action if RULES[action].role is not None]
IN_GENERAL = [action for action in Action if RULES[action].role is None]
LEAST = {
    Action.READ_TEAM: Role.VIEWER,
    Action.EDIT: Role.EDITOR,
    Action.IMPORT: Role.EDITOR,
    Action.READ_IMPORTS: Role.VIEWER,
    Action.APPROVE: Role.APPROVER,
    Action.ADMINISTER_TEAM: Role.ADMIN,
}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "accounts.md"


def documented(action: Action) -> str:
    rule = RULES[action]
    besides = "administrator" if rule.administrators_only else "may see personal data" if rule.personal else ""
    scopes = " or ".join(f"`{scope}`" for scope in rule.scopes)
    return f"| `{action.name}` {action.value} | {rule.role or ''} | {besides} | {scopes} |"


def test_the_docs_say_what_the_table_says() -> None:
    rows = re.findall(r"^\| `.*\|$", PAGE.read_text(), re.MULTILINE)
    assert [re.sub(" +", " ", row) for row in rows] == [re.sub(" +", " ", documented(action)) for action in Action]


@pytest.mark.parametrize("action", OF_TEAMS)
def test_a_role_may_what_it_is_for_and_what_lower_roles_may(action: Action) -> None:
    team, other = make_team(), make_team("other")
    allowed = set()
    for role in Role:
        actor = Actor(make_person(role, team, role, sees_personal_data=True))
        assert not policy.allows(actor, action, other)
        assert list(policy.teams(actor, action)) == ([team] if policy.allows(actor, action, team) else [])
        if policy.allows(actor, action, team):
            allowed.add(role)
    assert allowed == {*LEAST[action].or_higher()}


def test_abilities_are_what_one_is_allowed_action_by_action() -> None:
    team, other = make_team(), make_team("other")
    people = [make_person(role, team, role, sees_personal_data=role == Role.VIEWER) for role in Role]
    actors = [INSTALLATION, Actor(None), Actor(make_administrator()), *map(Actor, people)]
    actors += [Actor(make_person("off", team, Role.ADMIN, is_active=False)), with_token(people[2], Scope.WRITE)]
    for actor in actors:
        for where in (team, other):
            allowed = {action for action in Action if policy.allows(actor, action, where)}
            assert policy.abilities(actor, where) == allowed, (actor.label, where)


@pytest.mark.parametrize("action", OF_TEAMS)
def test_administrators_and_the_installation_pass_in_every_team(action: Action) -> None:
    team = make_team()
    for actor in (INSTALLATION, Actor(make_administrator())):
        assert policy.allows(actor, action, team)
        assert list(policy.teams(actor, action)) == [team]


def test_personal_data_needs_its_own_permission() -> None:
    team = make_team()
    admin, seeing = make_person("admin", team, Role.ADMIN), make_person("seeing", sees_personal_data=True)
    for action in (Action.READ_MEMBERS, Action.READ_PERSONAL):
        with pytest.raises(PermissionDenied, match="personal data"):
            policy.require(Actor(admin), action)
        policy.require(Actor(seeing), action)
        policy.require(Actor(make_administrator(action.name)), action)


def test_only_administrators_administer() -> None:
    with pytest.raises(PermissionDenied, match="for administrators"):
        policy.require(Actor(make_person("admin", make_team(), Role.ADMIN)), Action.ADMINISTER)
    policy.require(Actor(make_administrator()), Action.ADMINISTER)


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("action", Action)
def test_a_token_takes_everything_away_but_its_scopes(action: Action, scope: Scope) -> None:
    team, actor = make_team(), with_token(make_administrator(), scope)
    assert policy.allows(actor, action, team) == (scope in RULES[action].scopes)
    if scope not in RULES[action].scopes:
        with pytest.raises(PermissionDenied, match="This token lacks the scope"):
            policy.require(actor, action, team)
        assert not policy.teams(actor, action).exists()


@pytest.mark.parametrize("action", Action)
def test_a_token_with_all_scopes_gives_no_more_than_its_person_has(action: Action) -> None:
    team = make_team()
    viewer = make_person("viewer", team, Role.VIEWER)
    assert policy.allows(with_token(viewer), action, team) == policy.allows(Actor(viewer), action, team)


@pytest.mark.parametrize("action", Action)
def test_somebody_switched_off_and_nobody_may_nothing(action: Action) -> None:
    team = make_team()
    gone = make_person("gone", team, Role.ADMIN, is_superuser=True, is_active=False)
    for actor in (Actor(gone), Actor(None)):
        assert not policy.allows(actor, action, team)
        assert not policy.teams(actor, action).exists()
        assert not policy.scoped(actor, Team.objects.all(), team="pk", open_to_all=~Q(pk=None)).exists()


def test_a_role_is_asked_for_in_words_and_by_team() -> None:
    team = make_team()
    viewer = Actor(make_person("viewer", team, Role.VIEWER))
    with pytest.raises(PermissionDenied, match="This needs the role editor or higher in the team Growth"):
        policy.require(viewer, Action.EDIT, team)
    with pytest.raises(ValueError, match="depends on the team"):
        policy.require(viewer, Action.EDIT)


def test_rows_are_scoped_to_ones_teams() -> None:
    mine, other = make_team(), make_team("other")
    viewer = make_person("viewer", mine, Role.VIEWER)
    rows = Team.objects.order_by("key")
    assert list(policy.scoped(Actor(viewer), rows, team="pk")) == [mine]
    assert list(policy.scoped(with_token(viewer, Scope.WRITE), rows, team="pk")) == [mine]
    assert list(policy.scoped(INSTALLATION, rows, team="pk")) == [mine, other]


def test_rights_are_those_of_the_moment() -> None:
    team = make_team()
    user = make_person("editor", team)
    actor = with_token(user)
    assert policy.allows(actor, Action.EDIT, team)
    user.teams.clear()
    assert not policy.allows(actor, Action.EDIT, team)
    assert User.objects.get().teams.count() == 0
