"""The operations page and its numbers by API: for administrators, within twelve queries, with the last care taken."""

import pytest
from deltalake.exceptions import DeltaError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from profiles.lake import compaction, upkeep
from profiles.models import TailEvent, Upkeep
from tests.accounts.cast import bearer, make_administrator, make_person
from tests.pages.reading import text
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lake() -> None:
    """Two events in the lake, one that waits."""
    visit, ann = data.make_event_type("visit"), data.make_profile("ann")
    data.make_event(visit, ann)
    data.make_event(visit, ann)
    TailEvent.objects.update(received_at="2020-01-01T00:00:00Z")
    upkeep.flush_if_due()
    data.make_event(visit, ann)


def test_the_page_shows_sizes_what_waits_and_the_care_that_was_taken(lake: None, client: Client) -> None:
    client.force_login(make_administrator())
    page = text(client.get("/operations/"))
    assert "visit 2 1 " in page
    assert "Events that wait 1 " in page
    assert "Changed profiles 1 " in page
    assert "Events into the lake took" in page
    with CaptureQueriesContext(connection) as queries:
        client.get("/operations/")
    assert len(queries) <= 12


def test_the_same_numbers_by_api(lake: None) -> None:
    found = bearer(make_administrator()).get("/api/v1/operations").json()
    waiting = [found["lake"][name] for name in ("waiting_events", "changed_profiles", "open_batches")]
    assert waiting == [1, 1, 0]
    tables = {table["name"]: (table["rows"], table["files"]) for table in found["lake"]["tables"]}
    assert tables == {"tracks": (2, 1), "visit": (2, 1)}
    assert found["lake"]["bytes"] == sum(table["bytes"] for table in found["lake"]["tables"]) > 0
    assert [care["kind"] for care in found["upkeep"]] == ["flush"]
    assert found["queues"].keys() == {"engine", "signals", "sync", "upkeep"}
    assert found["runs"]["waiting"] == 0


def test_care_that_fails_is_told_with_its_time_until_it_works_again(
    lake: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> int:
        raise DeltaError("the log is unreadable")

    monkeypatch.setattr(compaction, "compact", broken)
    with pytest.raises(DeltaError):
        upkeep.compact()
    row = Upkeep.objects.get(kind="compact")
    assert (row.finished_at, row.failure) == (None, "DeltaError: the log of the worker says more")
    client.force_login(make_administrator())
    assert "DeltaError: the log of the worker says more." in text(client.get("/operations/"))
    monkeypatch.undo()
    upkeep.compact()
    assert Upkeep.objects.get(kind="compact").number == 0


def test_it_is_for_administrators_only(client: Client) -> None:
    tom = make_person("tom", sees_personal_data=True)
    client.force_login(tom)
    assert client.get("/operations/").status_code == 403
    assert bearer(tom).get("/api/v1/operations").status_code == 403
