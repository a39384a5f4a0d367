"""The admin site's pages of staff, teams, tokens and the audit log: everything goes through services."""

from collections.abc import Mapping

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Role, Team, TeamMember, Token, User
from tests.accounts.cast import PASSWORD, make_administrator, make_person, make_team, make_token

pytestmark = pytest.mark.django_db

NEW = "quite another staple of horses"


@pytest.fixture
def administrator(client: Client) -> User:
    user = make_administrator()
    client.force_login(user)
    return user


def send(client: Client, page: str, form: Mapping[str, object], *arguments: int) -> str:
    return client.post(reverse(f"admin:accounts_{page}", args=arguments), form, follow=True).content.decode()


def act(client: Client, model: str, action: str, *rows: int) -> str:
    return send(client, f"{model}_changelist", {"action": action, "_selected_action": [str(row) for row in rows]})


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_an_administrator_makes_an_account_and_names_it_anew(client: Client, administrator: User) -> None:
    form = {"email": "tom@example.com", "name": "Tom", "password1": NEW, "password2": NEW}
    send(client, "user_add", form)
    tom = User.objects.get(email="tom@example.com")
    assert tom.check_password(NEW)
    send(client, "user_change", {"email": "tom@example.com", "name": "Thomas", "is_superuser": "on"}, tom.pk)
    tom.refresh_from_db()
    assert (tom.name, tom.is_superuser) == ("Thomas", False)
    assert actions() == ["user.create", "user.change"]


def test_rights_are_given_and_taken_by_actions(client: Client, administrator: User) -> None:
    tom = make_person("tom")
    for action in ("allow", "disallow", "make_administrator", "take_administrator", "switch_off", "switch_on"):
        act(client, "user", action, tom.pk)
    assert actions() == [
        "user.personal_data", "user.personal_data", "user.administrator", "user.administrator", "user.deactivate",
        "user.activate",
    ]  # fmt: skip
    assert "another administrator can" in act(client, "user", "switch_off", administrator.pk)
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_password_is_set_on_its_own_page_and_ends_sessions(client: Client, administrator: User) -> None:
    tom, elsewhere = make_person("tom"), Client()
    elsewhere.force_login(tom)
    page = send(client, "user_password", {"new_password1": NEW, "new_password2": PASSWORD}, tom.pk)
    assert "errorlist" in page
    assert "has a new password" in send(client, "user_password", {"new_password1": NEW, "new_password2": NEW}, tom.pk)
    tom.refresh_from_db()
    assert tom.check_password(NEW)
    assert elsewhere.get("/api/v1/me").status_code == 401
    assert actions() == ["user.set_password"]


def test_teams_and_roles_are_written_by_services(client: Client, administrator: User) -> None:
    tom = make_person("tom")
    send(client, "team_add", {"key": "growth", "name": "Growth", "colour": "#000000"})
    team = Team.objects.get()
    send(client, "team_change", {"name": "Growth", "colour": "#000000", "four_eyes": "on"}, team.pk)
    team.refresh_from_db()
    assert team.four_eyes
    send(client, "teammember_add", {"team": team.pk, "user": tom.pk, "role": Role.VIEWER})
    member = TeamMember.objects.get()
    send(client, "teammember_change", {"role": Role.ADMIN}, member.pk)
    assert TeamMember.objects.get().role == Role.ADMIN
    send(client, "teammember_delete", {"post": "yes"}, member.pk)
    assert not TeamMember.objects.exists()
    assert actions() == ["team.create", "team.change", "team.set_role", "team.set_role", "team.remove_member"]


def test_tokens_and_entries_are_looked_at_and_tokens_revoked(client: Client, administrator: User) -> None:
    token, secret = make_token(administrator)
    for model, row in (("token", token.pk), ("auditentry", AuditEntry.objects.get().pk)):
        pages = [
            client.get(reverse(f"admin:accounts_{model}_changelist")),
            client.get(reverse(f"admin:accounts_{model}_change", args=[row])),
        ]
        assert [page.status_code for page in pages] == [200, 200]
        assert not any(secret in page.content.decode() or token.digest in page.content.decode() for page in pages)
        assert client.get(reverse(f"admin:accounts_{model}_add")).status_code == 403
        assert client.post(reverse(f"admin:accounts_{model}_delete", args=[row])).status_code == 403
    act(client, "token", "revoke", token.pk)
    assert Token.objects.get().revoked_at is not None


def test_accounts_and_teams_are_not_deleted(client: Client, administrator: User) -> None:
    tom, team = make_person("tom"), make_team()
    for model, row in (("user", tom.pk), ("team", team.pk)):
        assert client.post(reverse(f"admin:accounts_{model}_delete", args=[row]), {"post": "yes"}).status_code == 403
        act(client, model, "delete_selected", row)
    assert (User.objects.count(), Team.objects.count()) == (2, 1)


def test_the_history_of_the_admin_site_holds_no_values(client: Client, administrator: User) -> None:
    send(client, "user_add", {"email": "tom@example.com", "name": "Tom", "password1": NEW, "password2": NEW})
    assert NEW not in str(list(LogEntry.objects.values()))


def test_the_admin_site_is_for_administrators(client: Client) -> None:
    team = make_team()
    client.force_login(make_person("admin", team, Role.ADMIN, is_staff=True, sees_personal_data=True))
    for model in ("user", "team", "teammember", "token", "auditentry"):
        assert client.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 403
    assert client.get(reverse("admin:accounts_user_password", args=[1])).status_code == 403
