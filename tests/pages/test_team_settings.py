"""Team settings, one's account and tokens, by role; a refusal changes nothing."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Role, Team, TeamMember, Token, User
from tests.pages.company import make_person, make_team
from tests.pages.reading import text


@pytest.fixture
def admin(viewer: User, team: Team) -> User:
    TeamMember.objects.filter(team=team, user=viewer).update(role=Role.ADMIN)
    return viewer


@pytest.fixture
def tom(team: Team) -> User:
    person = make_person("tom@example.com", "Tom Okafor")
    TeamMember.objects.create(team=team, user=person, role=Role.EDITOR)
    return person


def role_of(user: User, team: Team) -> str:
    found = TeamMember.objects.filter(user=user, team=team).first()
    return found.role if found else "none"


def test_an_admin_changes_the_settings(signed_in: Client, admin: User, team: Team) -> None:
    given = {"name": "Growth", "colour": "#112233", "four_eyes": "on"}
    assert "Saved." in text(signed_in.post("/teams/growth/", given, follow=True))
    team.refresh_from_db()
    assert (team.name, team.colour, team.four_eyes) == ("Growth", "#112233", True)
    assert AuditEntry.objects.get().action == "team.change"


def test_a_viewer_reads_them_and_an_outsider_does_not(signed_in: Client, team: Team) -> None:
    assert "Admins of the team change this." in text(signed_in.get("/teams/growth/"))
    assert signed_in.post("/teams/growth/", {"name": "x", "colour": "#112233"}).status_code == 403
    make_team("sales")
    for tab in ("", "members/", "connections/"):
        refused = signed_in.get(f"/teams/sales/{tab}")
        assert refused.status_code == 403
        assert "This needs the role viewer or higher in the team Sales." in text(refused)
    team.refresh_from_db()
    assert (team.name, AuditEntry.objects.count()) == ("Growth marketing", 0)


def test_an_admin_adds_changes_and_removes_people(signed_in: Client, admin: User, team: Team) -> None:
    priya = make_person("priya@example.com", "Priya Nair")
    signed_in.post("/teams/growth/members/", {"email": "PRIYA@example.com", "role": "editor"})
    assert role_of(priya, team) == "editor"
    page = signed_in.post(f"/teams/growth/members/{priya.pk}/role/", {"role": "approver"}, follow=True)
    assert "Priya Nair is approver now." in text(page)
    assert role_of(priya, team) == "approver"
    signed_in.post(f"/teams/growth/members/{priya.pk}/remove/")
    assert role_of(priya, team) == "none"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "nobody@example.com", "role": "editor"}, "Nobody has an account with this address"),
        ({"email": "nonsense", "role": "editor"}, "Enter a valid email address."),
        ({"email": "", "role": "editor"}, "This field is required."),
    ],
)
def test_who_can_not_be_added_is_said_at_the_field(
    signed_in: Client, admin: User, given: dict[str, str], words: str
) -> None:
    assert words in text(signed_in.post("/teams/growth/members/", given))
    assert (TeamMember.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_a_viewer_changes_nobody(signed_in: Client, team: Team, tom: User) -> None:
    for path, given in (
        ("", {"email": "tom@example.com", "role": "admin"}),
        (f"{tom.pk}/role/", {"role": "admin"}),
        (f"{tom.pk}/remove/", {}),
        (f"{tom.pk}/permission/", {"allowed": "1"}),
    ):
        assert signed_in.post(f"/teams/growth/members/{path}", given).status_code == 403
    tom.refresh_from_db()
    assert (role_of(tom, team), tom.sees_personal_data, AuditEntry.objects.count()) == ("editor", False, 0)
    assert "Add somebody" not in text(signed_in.get("/teams/growth/members/"))


def test_the_last_admin_can_not_leave_and_reads_who_could_take_over(
    signed_in: Client, admin: User, team: Team, tom: User
) -> None:
    page = text(signed_in.post(f"/teams/growth/members/{admin.pk}/remove/", follow=True))
    assert "Vera Viewer is the last admin of Growth marketing: make one of the others admin first: Tom Okafor." in page
    assert (role_of(admin, team), AuditEntry.objects.count()) == ("admin", 0)
    signed_in.post(f"/teams/growth/members/{tom.pk}/role/", {"role": "admin"})
    assert signed_in.post(f"/teams/growth/members/{admin.pk}/remove/").headers["Location"] == "/segments/"
    assert role_of(admin, team) == "none"


def test_only_administrators_give_the_permission_to_see_personal_data(
    signed_in: Client, admin: User, tom: User
) -> None:
    assert signed_in.post(f"/teams/growth/members/{tom.pk}/permission/", {"allowed": "1"}).status_code == 403
    assert not User.objects.filter(sees_personal_data=True).exists()
    boss = Client()
    boss.force_login(make_person("boss@example.com", is_administrator=True))
    boss.post(f"/teams/growth/members/{tom.pk}/permission/", {"allowed": "1"})
    assert list(User.objects.filter(sees_personal_data=True)) == [tom]
    assert AuditEntry.objects.get().action == "user.personal_data"


def test_a_token_is_shown_once_works_and_is_revoked_by_its_name(signed_in: Client, viewer: User) -> None:
    response = signed_in.post("/tokens/", {"name": "Nightly job", "scopes": ["read"], "days": "30"})
    found = re.search(r"reg_[a-z0-9]{8}_[A-Za-z0-9_-]{43}", response.content.decode())
    assert found
    assert "no-store" in response.headers["Cache-Control"]
    program = Client(headers={"Authorization": f"Bearer {found[0]}"})
    assert program.get("/api/v1/me").json()["email"] == viewer.email
    page = signed_in.get("/tokens/")
    assert found[0] not in page.content.decode()
    assert "Last used just now" in text(page)
    token = Token.objects.get()
    wrong = signed_in.post(f"/tokens/{token.prefix}/revoke/", {"name": "nightly"})
    assert "Type Nightly job to revoke this token; nothing has changed." in text(wrong)
    assert program.get("/api/v1/me").status_code == 200
    signed_in.post(f"/tokens/{token.prefix}/revoke/", {"name": "Nightly job"})
    assert program.get("/api/v1/me").status_code == 401
    assert "revoked" in text(signed_in.get("/tokens/"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "", "scopes": ["read"], "days": "30"}, "This field is required."),
        ({"name": "x", "days": "30"}, "Choose at least one thing that it may do."),
        ({"name": "x", "scopes": ["everything"], "days": "30"}, "everything is not one of the available choices."),
        ({"name": "x", "scopes": ["read"], "days": "5000"}, "5000 is not one of the available choices."),
    ],
)
def test_a_token_that_can_not_be_made_says_why(
    signed_in: Client, viewer: User, given: dict[str, str], words: str
) -> None:
    assert words in text(signed_in.post("/tokens/", given))
    assert (Token.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_tokens_of_others_are_neither_shown_nor_revoked(signed_in: Client, viewer: User, tom: User) -> None:
    other = Client()
    other.force_login(tom)
    other.post("/tokens/", {"name": "Tom's job", "scopes": ["read"], "days": "30"})
    token = Token.objects.get()
    assert "Tom&#x27;s job" not in signed_in.get("/tokens/").content.decode()
    assert signed_in.post(f"/tokens/{token.prefix}/revoke/", {"name": "Tom's job"}).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_account_says_roles_and_permission_and_changes_the_name(
    signed_in: Client, viewer: User, team: Team
) -> None:
    page = text(signed_in.get("/account/"))
    assert "Growth marketing viewer" in page
    assert "you do not see it; an administrator can allow it" in page
    signed_in.post("/account/", {"name": "Vera V.", "email": viewer.email})
    viewer.refresh_from_db()
    assert viewer.name == "Vera V."
    make_person("taken@example.com")
    assert "exists" in text(signed_in.post("/account/", {"name": "x", "email": "taken@example.com"}))
    viewer.refresh_from_db()
    assert viewer.email == "viewer@example.com"


@pytest.mark.parametrize("address", ["/teams/growth/members/", "/tokens/", "/account/", "/teams/growth/connections/"])
def test_pages_of_settings_keep_their_number_of_queries(
    signed_in: Client, admin: User, team: Team, address: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get(address).status_code == 200
        return len(captured)

    def fill(numbers: range) -> None:
        for number in numbers:
            person = make_person(f"p{number}@example.com")
            TeamMember.objects.create(team=team, user=person, role=Role.VIEWER)
            signed_in.post("/tokens/", {"name": f"t{number}", "scopes": ["read"], "days": "7"})

    fill(range(2))
    few = queries()
    fill(range(2, 12))
    assert queries() == few
    assert few <= 12
