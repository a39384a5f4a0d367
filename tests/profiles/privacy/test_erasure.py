"""Erasing one person: nobody sees them from then on, and in the end nothing that was theirs is anywhere."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import Settings

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry
from lib import clock
from profiles.erasure.work import work
from profiles.lake import flush
from profiles.lake.snapshot import open_snapshot
from profiles.models import Erasure, EventId, Merge, Profile, QuarantinedEvent, Redirect, TraitDefinition, TraitValues
from profiles.services import erase
from tests.accounts.cast import make_administrator, make_person
from tests.profiles.ingest.conftest import Import, Write
from tests.profiles.ingest.customers import lake, profile
from tests.profiles.privacy import somebody, traces
from tests.profiles.privacy.somebody import SENTINEL, Traces
from tests.profiles.tracking.sending import batch, identify, track
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = timedelta(0)


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.UPLOADS = tmp_path / "uploads"
    return tmp_path


@pytest.fixture
def left(home: Path) -> Traces:
    return somebody.made()


def seen() -> dict[str, object]:
    """What a reader sees of both."""
    return {
        "users": lake("SELECT id FROM users ORDER BY id"),
        "visits": lake("SELECT user_id, count(*) FROM visit GROUP BY 1 ORDER BY 1"),
        "tracks": lake("SELECT user_id, count(*) FROM tracks GROUP BY 1 ORDER BY 1"),
    }


def rows_of(text: str) -> list[str]:
    return [row for row in traces.in_database(text) if not row.startswith(traces.STATISTICS)]


def receipt(erasure: Erasure) -> dict[str, int]:
    return dict(erasure.steps.values_list("what", "number"))


def test_nothing_of_an_erased_person_is_left_in_the_database_the_lake_or_its_logs(left: Traces, home: Path) -> None:
    assert traces.in_database(SENTINEL)
    assert len(traces.in_files(SENTINEL, traces.lake(), home)) >= 4
    others = rows_of("other")
    erasure = erase(actor=INSTALLATION, profile=left.person)
    work(age=AT_ONCE)
    erasure.refresh_from_db()
    assert erasure.state == "succeeded"
    assert traces.in_database(SENTINEL) == []
    assert traces.in_files(SENTINEL, traces.lake(), home) == []
    assert rows_of("other") == others
    assert seen() == {
        "users": [(left.other.pk,)], "visits": [(left.other.pk, 2)], "tracks": [(left.other.pk, 3)]
    }  # fmt: skip


def test_the_receipt_says_what_was_erased_where(left: Traces) -> None:
    erasure = erase(actor=INSTALLATION, profile=left.person)
    work(age=AT_ONCE)
    told = receipt(erasure)
    assert told.pop("files") >= 3
    assert told.pop("logs") >= 3
    assert told.pop("statistics") == 6
    assert told == {
        "traits": 1, "identifiers": 4, "consent": 2, "claims": 0, "waiting_events": 1, "merges": 1, "quarantine": 1,
        "rejects": 1, "answers": 0, "memberships": 0, "deliveries": 0, "events": 2,
    }  # fmt: skip
    assert Merge.objects.count() == 2
    assert QuarantinedEvent.objects.count() == 1
    assert EventId.objects.count() == 7
    entry = AuditEntry.objects.get(action="profile.erase")
    assert (entry.target_key, entry.after) == (str(erasure.pk), {"profile": left.person.pk})


def test_from_the_tombstone_on_nobody_sees_the_person_and_a_reader_that_was_there_before_sees_its_own_state(
    left: Traces,
) -> None:
    before = seen()
    with open_snapshot() as snapshot:
        erase(actor=INSTALLATION, profile=left.person)
        gone = seen()
        work(age=AT_ONCE)
        assert Erasure.objects.get().state == "running"
        visits = snapshot.connection.sql("SELECT user_id, count(*) FROM visit GROUP BY 1 ORDER BY 1").fetchall()
        assert visits == before["visits"]
    assert gone == {"users": [(left.other.pk,)], "visits": [(left.other.pk, 2)], "tracks": [(left.other.pk, 3)]}
    assert seen() == gone
    Erasure.objects.update(next_attempt_at=None)
    work(age=AT_ONCE)
    assert Erasure.objects.get().state == "succeeded"
    assert not Redirect.objects.exists()


def test_older_files_stay_as_long_as_somebody_may_open_them(left: Traces) -> None:
    erase(actor=INSTALLATION, profile=left.person)
    assert work() == 1
    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.names) == ("running", "")
    assert erasure.failure == "Older files of the lake are deleted once nobody can be reading them."
    assert erasure.next_attempt_at is not None
    assert traces.in_database(SENTINEL) == []
    assert traces.in_files(SENTINEL, traces.lake())


def test_what_comes_later_about_an_erased_person_is_thrown_away_and_counted(left: Traces) -> None:
    erase(actor=INSTALLATION, profile=left.person)
    old = "2020-01-01T00:00:00Z"
    late = batch(
        track("Visit", "p1"),
        {"type": "track", "event": "Visit", "anonymousId": f"{SENTINEL}-device", "timestamp": old},
        {"type": "alias", "previousId": "p1", "userId": "o1"},
        {"type": "track", "userId": "p1"},
    )
    assert left.shop.send("batch", late).status == 200
    work(age=AT_ONCE)
    assert Erasure.objects.get().dropped == 4
    assert traces.in_database(SENTINEL) == []
    assert Profile.objects.get() == left.other


def test_who_comes_back_is_somebody_new(left: Traces) -> None:
    erase(actor=INSTALLATION, profile=left.person)
    left.shop.send("track", {"event": "Visit", "anonymousId": f"{SENTINEL}-device"})
    left.shop.send("identify", identify("p2", email=f"{SENTINEL}@example.org"))
    assert {left.person.pk} & set(Profile.objects.values_list("pk", flat=True)) == set()
    assert not profile("p2").consents.exists()
    work(age=AT_ONCE)
    assert [number for _, number in lake("SELECT user_id, count(*) FROM visit GROUP BY 1 ORDER BY 1")] == [2, 1]
    again = erase(actor=INSTALLATION, profile=profile("p2"))
    left.shop.send("track", track("Visit", "p2"))
    again.refresh_from_db()
    assert again.dropped == 1


def test_rows_of_files_about_an_erased_person_are_refused_without_being_kept(
    run: Import, write: Write, left: Traces
) -> None:
    erase(actor=INSTALLATION, profile=left.person)
    people = write("people.csv", f"external_id,name\np1,{SENTINEL} again\no1,other again\n")
    ended = run("import_profiles", people, "--yes")
    assert (ended.number("changed"), ended.number("rejected rows")) == (1, 1)
    assert [row[2:] for row in ended.rejects()] == [
        ["the person of this external_id was erased; such an id is not used again", "{}"]
    ]
    events = write(
        "events.csv", "event,user_id,timestamp\nVisit,p1,2024-01-01T00:00:00Z\nVisit,o1,2024-01-01T00:00:00Z\n"
    )
    assert run("import_events", events, "--yes").number("new events") == 1
    assert Erasure.objects.get().dropped == 2
    assert Profile.objects.get() == left.other


def test_only_administrators_erase_and_nobody_twice(left: Traces) -> None:
    with pytest.raises(PermissionDenied):
        erase(actor=Actor(make_person("tom", sees_personal_data=True)), profile=left.person)
    assert not Erasure.objects.exists()
    erase(actor=Actor(make_administrator()), profile=left.person)
    with pytest.raises(ValidationError):
        erase(actor=INSTALLATION, profile=left.person)
    assert Erasure.objects.get().by == "administrator@example.com"


def test_events_that_a_flush_was_writing_are_hidden_and_then_removed(
    left: Traces, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(flush, "_close", killed)
    with pytest.raises(SystemExit):
        flush.flush_tail()
    monkeypatch.undo()
    erase(actor=INSTALLATION, profile=left.person)
    assert seen()["visits"] == [(left.other.pk, 2)]
    work(age=AT_ONCE)
    assert seen()["visits"] == [(left.other.pk, 2)]
    assert traces.in_database(SENTINEL) == []
    assert traces.in_files(SENTINEL, traces.lake()) == []


def test_companies_are_counted_without_the_events_of_who_was_erased(left: Traces) -> None:
    counts = "SELECT count(*) FROM visit WHERE account_id IS NULL"
    before = lake(counts)
    erase(actor=INSTALLATION, profile=left.person)
    assert (before, lake(counts)) == ([(4,)], [(2,)])


def test_nobody_is_erased_with_an_empty_lake() -> None:
    ann = data.make_profile("ann", email="ann@example.com", plan="Paid")
    erase(actor=INSTALLATION, profile=ann)
    work(age=AT_ONCE)
    assert Erasure.objects.get().state == "succeeded"
    assert receipt(Erasure.objects.get())["events"] == 0


def test_values_that_few_have_are_not_kept_as_common_ones(left: Traces) -> None:
    trait = TraitDefinition.objects.get(key="name", unit="profile")
    about: dict[str, object] = {"population": 60, "filled": 60, "different": 2, "measured_at": clock.now()}
    TraitValues.objects.create(trait=trait, top=[["Smith", 59], [f"{SENTINEL} name", 1]], **about)
    erase(actor=INSTALLATION, profile=left.person)
    work(age=AT_ONCE)
    assert TraitValues.objects.get().top == [["Smith", 59]]
    assert traces.in_database(SENTINEL) == []
