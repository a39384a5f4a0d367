"""What is done with accounts, teams and roles, and what is refused; a refused verb changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import selectors, services
from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, Role, Team, TeamMember, Token, User
from tests.accounts.cast import PASSWORD, make_administrator, make_person, make_team, make_token, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def administrator() -> User:
    return make_administrator()


def rights(user: User) -> tuple[bool, bool, bool, bool]:
    user.refresh_from_db()
    return (user.is_active, user.is_staff, user.is_superuser, user.sees_personal_data)


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (services.deactivate_user, {}),
        (services.activate_user, {}),
        (services.set_administrator, {"administrator": True}),
        (services.set_personal_data_permission, {"allowed": True}),
        (services.set_password, {"password": "new words for a door"}),
        (services.change_user, {"email": "other@example.com", "name": "Other"}),
    ],
)
def test_only_administrators_touch_the_accounts_of_others(
    team: Team, verb: Callable[..., object], arguments: dict[str, Any]
) -> None:
    admin, victim = make_person("admin", team, Role.ADMIN), make_person("victim", team)
    before = User.objects.filter(pk=victim.pk).values().get()
    with pytest.raises(PermissionDenied):
        verb(actor=Actor(admin), user=victim, **arguments)
    assert User.objects.filter(pk=victim.pk).values().get() == before
    assert not AuditEntry.objects.exists()


def test_an_administrator_gives_and_takes_rights(administrator: User) -> None:
    user, actor = make_person("tom"), Actor(administrator)
    services.set_personal_data_permission(actor=actor, user=user, allowed=True)
    assert rights(user) == (True, False, False, True)
    services.set_administrator(actor=actor, user=user, administrator=True)
    assert rights(user) == (True, True, True, True)
    services.set_administrator(actor=actor, user=user, administrator=False)
    assert rights(user) == (True, False, False, True)


def test_the_last_administrator_stays(administrator: User) -> None:
    for verb, arguments in ((services.deactivate_user, {}), (services.set_administrator, {"administrator": False})):
        with pytest.raises(ValidationError, match="last administrator"):
            verb(actor=INSTALLATION, user=administrator, **arguments)
        assert rights(administrator) == (True, True, True, False)


def test_administrators_do_not_switch_themselves_off_or_change_their_own_rights(administrator: User) -> None:
    make_administrator("second")
    for verb, arguments in ((services.deactivate_user, {}), (services.set_administrator, {"administrator": False})):
        with pytest.raises(ValidationError, match="You can't"):
            verb(actor=Actor(administrator), user=administrator, **arguments)
    assert rights(administrator) == (True, True, True, False)


def test_a_token_never_makes_administrators_or_sets_passwords(administrator: User) -> None:
    user, program = make_person("tom"), with_token(administrator)
    with pytest.raises(PermissionDenied, match="not with a token"):
        services.set_administrator(actor=program, user=user, administrator=True)
    with pytest.raises(PermissionDenied, match="not with a token"):
        services.set_password(actor=program, user=administrator, password="new words for a door")
    assert rights(user) == (True, False, False, False)
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)


def test_whoever_is_switched_off_loses_the_tokens_for_good(administrator: User) -> None:
    user = make_person("tom")
    make_token(user)
    services.deactivate_user(actor=Actor(administrator), user=user)
    services.activate_user(actor=Actor(administrator), user=user)
    assert Token.objects.get().revoked_at is not None


def test_a_password_that_is_easy_to_guess_is_refused() -> None:
    user = make_person("tom")
    with pytest.raises(ValidationError) as refused:
        services.set_password(actor=Actor(user), user=user, password="password")
    assert set(refused.value.message_dict) == {"password"}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_address_has_one_account_whatever_its_case(administrator: User) -> None:
    make_person("tom")
    with pytest.raises(ValidationError, match="account already"):
        services.create_user(actor=Actor(administrator), email="TOM@example.com")
    assert User.objects.count() == 2


def test_a_team_admin_manages_the_own_team_only(team: Team) -> None:
    admin, other, newcomer = make_person("admin", team, Role.ADMIN), make_team("other"), make_person("newcomer")
    services.set_role(actor=Actor(admin), team=team, user=newcomer, role=Role.APPROVER)
    assert TeamMember.objects.get(user=newcomer).role == Role.APPROVER
    for refused in (
        lambda: services.set_role(actor=Actor(admin), team=other, user=newcomer, role=Role.VIEWER),
        lambda: services.change_team(actor=Actor(admin), team=other, name="Mine", colour="#000000", four_eyes=False),
        lambda: services.create_team(actor=Actor(admin), key="new", name="New"),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    assert TeamMember.objects.filter(team=other).count() == 0
    assert Team.objects.filter(key="other", name="Other").exists()
    assert Team.objects.count() == 2


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.ADMIN])
def test_nobody_changes_the_own_role(team: Team, role: Role) -> None:
    user = make_person("tom", team, role)
    with pytest.raises(PermissionDenied):
        services.set_role(actor=Actor(user), team=team, user=user, role=Role.ADMIN)
    assert TeamMember.objects.get().role == role


def test_a_member_is_taken_out_of_the_team(team: Team) -> None:
    admin, tom = make_person("admin", team, Role.ADMIN), make_person("tom", team)
    services.remove_member(actor=Actor(admin), team=team, user=tom)
    assert list(team.members.all()) == [admin]
    with pytest.raises(ValidationError, match="no member"):
        services.remove_member(actor=Actor(admin), team=team, user=tom)


def test_a_role_that_there_is_not_and_an_account_that_is_off_are_refused(team: Team) -> None:
    off = make_person("off", is_active=False)
    for user, role in ((make_person("tom"), "boss"), (off, Role.VIEWER)):
        with pytest.raises(ValidationError):
            services.set_role(actor=INSTALLATION, team=team, user=user, role=role)
    assert not TeamMember.objects.exists()


def test_a_colour_is_a_colour() -> None:
    with pytest.raises(ValidationError, match="#rrggbb"):
        services.create_team(actor=INSTALLATION, key="x", name="X", colour="red;}")
    assert not Team.objects.exists()


def test_people_see_those_they_share_a_team_with(team: Team, administrator: User) -> None:
    ann, bob, cat = make_person("ann", team), make_person("bob", team), make_person("cat", make_team("other"))
    assert {*selectors.users(actor=Actor(ann))} == {ann, bob}
    assert {*selectors.users(actor=Actor(administrator))} == {administrator, ann, bob, cat}
    assert {member.user for member in selectors.members(actor=Actor(ann), team=team)} == {ann, bob}
    with pytest.raises(PermissionDenied):
        selectors.members(actor=Actor(cat), team=team)
