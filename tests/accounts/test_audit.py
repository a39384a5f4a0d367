"""The audit log: what an entry holds, that it stays, and who reads it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from accounts import audit, selectors, services
from accounts.actors import INSTALLATION, Actor
from accounts.audit import Secret
from accounts.models import AuditEntry, Role, Team
from lib import clock
from tests.accounts.cast import bearer, make_administrator, make_person, make_team, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


def test_an_entry_says_who_what_and_what_changed(team: Team) -> None:
    admin = make_person("admin", team, Role.ADMIN)
    program = with_token(admin, "write")
    actor = Actor(admin, program.token, "192.0.2.1")
    services.change_team(actor=actor, team=team, name="Growth", colour="#000000", four_eyes=True)
    entry = AuditEntry.objects.get(action="team.change")
    assert program.token is not None
    assert (entry.actor_id, entry.actor_label) == (admin.pk, "admin@example.com")
    assert (entry.token, entry.address) == (program.token.prefix, "192.0.2.1")
    assert (entry.target_kind, entry.target_key, entry.target_id) == ("team", "growth", team.pk)
    assert (entry.team_id, entry.team_key) == (team.pk, "growth")
    assert entry.before == {"colour": "#3b5bdb", "four_eyes": False}
    assert entry.after == {"colour": "#000000", "four_eyes": True}
    assert abs(entry.at - clock.now()) < timedelta(minutes=1)


def test_an_entry_outlives_whom_it_speaks_of(team: Team) -> None:
    admin = make_person("admin", team, Role.ADMIN)
    services.set_role(actor=Actor(admin), team=team, user=make_person("tom"), role=Role.VIEWER)
    admin.delete()
    entry = AuditEntry.objects.get()
    assert (entry.actor_label, entry.after) == ("admin@example.com", {"tom@example.com": "viewer"})


@pytest.mark.parametrize("statement", ["UPDATE accounts_auditentry SET note = 'x'", "DELETE FROM accounts_auditentry"])
def test_the_database_refuses_to_change_or_delete_an_entry(team: Team, statement: str) -> None:
    audit.record(actor=INSTALLATION, action="test.write", target=team)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditEntry.objects.get().note == ""


def test_secrets_show_that_they_changed_and_nothing_else() -> None:
    before = {"name": "Board", "token": Secret("one"), "key": Secret("same"), "nested": {"inner": Secret("deep")}}
    after = {"name": "Board", "token": Secret("two"), "key": Secret("same"), "nested": {"inner": Secret("other")}}
    entry = audit.record(actor=INSTALLATION, action="test.write", before=before, after=after)
    entry.refresh_from_db()
    assert entry.before == entry.after == {"token": "…", "nested": {"inner": "…"}}


@pytest.mark.django_db(transaction=True)
def test_an_entry_without_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        audit.record(actor=INSTALLATION, action="test.write")
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refused_verb_leaves_no_entry_and_a_failed_entry_leaves_no_write(monkeypatch: pytest.MonkeyPatch) -> None:
    team = make_team()

    def fail(**_: object) -> None:
        raise RuntimeError("no entry")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        services.change_team(actor=INSTALLATION, team=team, name="New", colour="#000000", four_eyes=False)
    team.refresh_from_db()
    assert team.name == "Growth"


def test_people_read_what_was_done_to_their_teams_and_not_who_read_personal_data(team: Team) -> None:
    other = make_team("other")
    viewer, administrator = make_person("viewer", team, Role.VIEWER), make_administrator()
    for action, of in (("a.write", team), ("b.write", other), ("c.write", None), ("members.read", team)):
        audit.record(actor=INSTALLATION, action=action, team=of)
    assert [entry.action for entry in selectors.audit_entries(actor=Actor(viewer))] == ["a.write"]
    assert selectors.audit_entries(actor=Actor(administrator)).count() == 4
    read = selectors.audit_entries(actor=with_token(administrator, "read")).values_list("action", flat=True)
    assert list(read) == ["b.write", "a.write"]


def test_the_api_filters_the_log(team: Team) -> None:
    viewer = make_person("viewer", team, Role.VIEWER)
    client = bearer(viewer, "read")
    for number in range(3):
        audit.record(actor=Actor(viewer), action=f"test.write{number}", target=team, team=team)
    rows = client.get("/api/v1/audit?action=test.write1&actor=VIEWER@example.com").json()["results"]
    assert [(row["action"], row["actor"], row["target"], row["team"]) for row in rows] == [
        ("test.write1", "viewer@example.com", "growth", "growth")
    ]
    assert client.get("/api/v1/audit?actions=x").status_code == 400
    assert client.get("/api/v1/audit?since=yesterday").status_code == 400
