"""Kill -9 at every step of a request, of a merge and of rewriting ids: all of it or nothing, and no wrong answer."""

import threading
from typing import Any

import pytest

from lib import clock
from profiles import merging
from profiles.ingest.tracking import known, reading, store
from profiles.lake import flush, redirects
from profiles.lake.snapshot import open_snapshot
from profiles.models import EventId, Identity, Merge, Profile, QuarantinedEvent, Redirect, Source, TailEvent
from tests.profiles.ingest.customers import lake, profile
from tests.profiles.lake import processes
from tests.profiles.tracking.sending import batch, identify, make_sender, track

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = batch(
    track("Visit", "u1", messageId="m1", anonymousId="a"),
    identify("u2", plan="pro") | {"messageId": "m2"},
    {"type": "group", "userId": "u1", "groupId": "acme", "messageId": "m3"},
    {"type": "track", "messageId": "m4"},
)
"""Merges the device `a`, which has events in the lake, into `u1`."""


def take() -> None:
    """What a web process does with the request."""
    source = Source.objects.get()
    wanted = reading.Request(source, REQUEST["batch"], 0, {}, None, clock.now())
    store.store(wanted, reading.read(wanted, "batch", known.load()))


def state() -> dict[str, Any]:
    """Everything that a request can change, but for ids."""
    return {
        "ids": EventId.objects.count(),
        "events": lake("SELECT count(*), count(DISTINCT user_id) FROM visit"),
        "users": lake("SELECT count(*), count(plan), count(company_id) FROM users"),
        "names": sorted(Identity.objects.values_list("kind", "value")),
        "merges": (Merge.objects.count(), Redirect.objects.count(), Profile.objects.count()),
        "quarantine": QuarantinedEvent.objects.count(),
        "tail": TailEvent.objects.count(),
    }


def before() -> None:
    """A visitor and `u1`, with events in the lake and in the tail; the catalogue knows all names."""
    shop = make_sender()
    visit = {"type": "track", "event": "Visit", "anonymousId": "a"}
    shop.send("batch", batch(visit, visit, track("Visit", "u1"), identify("u3", plan="free")))
    flush.flush_tail()
    shop.send("batch", batch(visit))


@pytest.mark.parametrize("point", [*store.POINTS[:-1], *merging.POINTS])
def test_a_request_that_is_killed_has_done_nothing_and_is_taken_when_it_comes_again(point: str) -> None:
    before()
    untouched = state()
    assert processes.was_killed(processes.start(take, point)), f"{point} was not reached"
    assert state() == untouched
    take()
    done = state()
    assert done["merges"] == (1, 1, 3)
    assert done["events"] == [(5, 1)]
    assert (done["ids"], done["quarantine"]) == (untouched["ids"] + 3, 1)
    take()
    assert state() == done


def test_a_request_that_is_killed_after_its_commit_is_done() -> None:
    before()
    assert processes.was_killed(processes.start(take, store.POINTS[-1]))
    done = state()
    assert done["merges"] == (1, 1, 3)
    take()
    assert state() == done


@pytest.mark.parametrize("point", redirects.POINTS)
def test_rewriting_ids_that_is_killed_changes_no_answer(point: str) -> None:
    before()
    take()
    person = profile("u1").pk
    wrong: list[object] = []
    done = threading.Event()

    def watch() -> None:
        from django.db import connection  # noqa: PLC0415  the thread's own

        while not done.is_set():
            with open_snapshot() as snapshot:
                found = snapshot.connection.sql("SELECT user_id, count(*) FROM visit GROUP BY 1").fetchall()
            if found != [(person, 5)]:
                wrong.append(found)
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert processes.was_killed(processes.start(redirects.rewrite, point)), f"{point} was not reached"
        redirects.rewrite()
    finally:
        done.set()
        watcher.join()
    assert wrong == []
    assert not Redirect.objects.exists()
    flush.flush_tail()
    assert lake("SELECT user_id, count(*) FROM visit GROUP BY 1") == [(person, 5)]
