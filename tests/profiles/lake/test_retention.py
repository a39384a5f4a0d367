"""Events that are older than their kind is kept: nobody sees them, their ids are free, and no file has them."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.actors import INSTALLATION
from lib import clock
from profiles.lake import files, flush, retention, vacuum
from profiles.lake.connection import connect
from profiles.models import EventId, EventType, LakeTable, Signal, TailEvent
from profiles.services import keep_events
from tests.accounts.cast import bearer, make_administrator
from tests.pages.reading import text
from tests.profiles.ingest.customers import lake
from tests.profiles.lake import processes
from tests.profiles.tracking.sending import batch, make_sender, track
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)
AGES = (400, 70, 45, 20, 2)
"""Days ago."""


@pytest.fixture
def visits() -> EventType:
    """Visits of these ages in the lake, and purchases of the same."""
    shop, now = make_sender(), clock.now()
    for name in ("Visit", "Bought"):
        events = [track(name, "u1", timestamp=(now - timedelta(days=days)).isoformat()) for days in AGES]
        shop.send("batch", batch(*events))
    flush.flush_tail()
    Signal.objects.all().delete()
    return EventType.objects.get(name="Visit")


def kept() -> dict[str, int]:
    """What readers see, by table; `tracks` has both."""
    return {name: lake(f"SELECT count(*) FROM {name}")[0][0] for name in ("visit", "bought", "tracks")}


def in_files() -> dict[str, int]:
    """What the files on disk have."""
    found = {}
    with connect() as duck:
        for name in ("visit", "bought", "tracks"):
            paths = f"read_parquet({files.literal(str(files.folder(name)))} || '/*/*.parquet')"
            found[name] = duck.execute(f"SELECT count(*) FROM {paths}").fetchall()[0][0]
    return found


def test_events_that_are_too_old_go_with_their_ids_and_from_tracks_too(visits: EventType) -> None:
    keep_events(actor=INSTALLATION, event_type=visits, days=60)
    assert retention.would_go(visits, 60) == 2
    assert retention.expire() == 2
    assert kept() == {"visit": 3, "bought": 5, "tracks": 8}
    assert EventId.objects.count() == 8
    vacuum.vacuum(age=timedelta(0))
    assert in_files() == kept()
    assert sorted(Signal.objects.values_list("unit", "member", "events")) == [
        ("company", None, ["Visit"]), ("profile", None, ["Visit"])
    ]  # fmt: skip


def test_what_is_done_is_not_done_again_until_the_border_moves(visits: EventType) -> None:
    keep_events(actor=INSTALLATION, event_type=visits, days=60)
    retention.expire()
    versions = dict(LakeTable.objects.values_list("name", "version"))
    assert retention.expire() == 0
    assert dict(LakeTable.objects.values_list("name", "version")) == versions
    assert Signal.objects.count() == 2


def test_an_event_that_comes_too_late_is_seen_by_nobody_and_goes(visits: EventType) -> None:
    keep_events(actor=INSTALLATION, event_type=visits, days=60)
    retention.expire()
    data.make_event(visits, data.make_profile("ann"), clock.now() - timedelta(days=100))
    assert TailEvent.objects.count() == 1
    assert kept() == {"visit": 3, "bought": 5, "tracks": 8}
    flush.flush_tail()
    retention.expire()
    vacuum.vacuum(age=timedelta(0))
    assert in_files() == {"visit": 3, "bought": 5, "tracks": 8}


def test_nothing_goes_that_is_kept_for_ever(visits: EventType) -> None:
    keep_events(actor=INSTALLATION, event_type=visits, days=None)
    assert retention.expire() == 0
    assert kept() == {"visit": 5, "bought": 5, "tracks": 10}
    with pytest.raises(ValidationError):
        keep_events(actor=INSTALLATION, event_type=visits, days=0)


@pytest.mark.parametrize("point", retention.POINTS)
def test_a_worker_that_is_killed_changes_no_answer_and_the_next_one_ends_it(visits: EventType, point: str) -> None:
    keep_events(actor=INSTALLATION, event_type=visits, days=60)
    assert processes.was_killed(processes.start(retention.expire, point)), f"{point} was not reached"
    assert kept() == {"visit": 3, "bought": 5, "tracks": 8}
    retention.expire()
    flush.flush_tail()
    vacuum.vacuum(age=timedelta(0))
    assert in_files() == kept() == {"visit": 3, "bought": 5, "tracks": 8}
    assert EventId.objects.count() == 8


def test_by_page_and_api_with_what_would_go_and_who_looks_further_back(visits: EventType, client: Client) -> None:
    team = data.make_team()
    for key, days in (("far", 90), ("near", 30)):
        data.live_segment(key, team, {"event": "Visit", "window": {"last": f"{days} days"}})
    client.force_login(make_administrator())
    page = text(client.get("/operations/retention/visit/?days=60"))
    assert "2 events are older than that now." in page
    assert "Far" in page
    assert "Near" not in page
    client.post("/operations/retention/visit/", {"days": "60"})
    assert "Visit 60 days" in text(client.get("/operations/retention/"))
    program = bearer(make_administrator("second"))
    assert program.get("/api/v1/retention/visit?days=30").json()["would_go"] == 3
    changed = program.put("/api/v1/retention/visit", {"days": 30}, content_type="application/json")
    assert (changed.status_code, changed.json()["days"]) == (200, 30)
    assert [row["days"] for row in program.get("/api/v1/retention").json()["results"]] == [None, 30]
