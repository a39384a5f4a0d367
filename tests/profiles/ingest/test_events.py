"""`import_events`: what reaches the lake, and that the same event never does twice."""

import gzip
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from profiles.models import Company, EventId, EventType, Profile
from tests.profiles.ingest.conftest import Import, Write
from tests.profiles.ingest.customers import lake, profile

ORDERS = """event,user_id,anonymous_id,company_id,timestamp,amount,first
Order placed,u1,,,2026-01-05 10:00:00,12.5,true
Order placed,u1,,,2026-01-05 10:00:00,12.5,true
Order placed,u2,,acme,2026-02-05T10:00:00+01:00,7,
Page viewed,,v1,,2026-02-06,,
"""


@pytest.fixture
def orders(run: Import, write: Write) -> None:
    ended = run("import_events", write("orders.csv", ORDERS), "--yes")
    assert (ended.status, ended.number("new events"), ended.number("rejected rows")) == (0, 4, 0)
    assert ended.number("new profiles from unknown user ids") == 2
    assert ended.number("companies named but unknown") == 1


def test_each_event_has_a_table_with_its_properties_and_all_are_in_tracks(orders: None) -> None:
    u1, u2, acme = profile("u1").pk, profile("u2").pk, Company.objects.get(external_id="acme").pk
    placed = lake("SELECT user_id, account_id, timestamp, amount, first FROM order_placed ORDER BY timestamp")
    assert placed == [
        (u1, None, datetime(2026, 1, 5, 10, tzinfo=UTC), 12.5, True),
        (u1, None, datetime(2026, 1, 5, 10, tzinfo=UTC), 12.5, True),
        (u2, acme, datetime(2026, 2, 5, 9, tzinfo=UTC), 7.0, None),
    ]
    assert lake("SELECT event, count(*) FROM tracks GROUP BY 1 ORDER BY 1") == [("Order placed", 3), ("Page viewed", 1)]


def test_unknown_people_become_profiles_and_only_visitors_are_not_lasting(orders: None) -> None:
    assert (profile("u1").lasting, Profile.objects.filter(lasting=False).count()) == (True, 1)
    (visitor,) = Profile.objects.filter(lasting=False)
    assert lake("SELECT user_id FROM page_viewed") == [(visitor.pk,)]


def test_properties_belong_to_the_events_that_have_them(orders: None) -> None:
    found = {event.name: set(event.properties.values_list("key", "type")) for event in EventType.objects.all()}
    assert found == {"Order placed": {("amount", "number"), ("first", "boolean")}, "Page viewed": set()}


@pytest.mark.parametrize(
    "again",
    [
        ORDERS,
        ORDERS.splitlines(keepends=True)[0] + "".join(reversed(ORDERS.splitlines(keepends=True)[1:])),
        "".join(ORDERS.splitlines(keepends=True)[:2]),
        "".join(ORDERS.splitlines(keepends=True)[i] for i in (0, 3, 4)),
    ],
    ids=["the same file", "its rows in another order", "its first part", "its last part"],
)
def test_rows_that_came_before_add_nothing(orders: None, run: Import, write: Write, again: str) -> None:
    ended = run("import_events", write("again.csv", again))
    assert (ended.number("new events"), ended.number("already known")) == (0, again.count("\n") - 1)
    assert (len(lake("SELECT * FROM tracks")), EventId.objects.count()) == (4, 4)


def test_one_more_equal_row_is_one_more_event(orders: None, run: Import, write: Write) -> None:
    row = ORDERS.splitlines(keepends=True)[1]
    ended = run("import_events", write("more.csv", ORDERS + row))
    assert (ended.number("new events"), ended.number("already known")) == (1, 4)


def test_of_equal_message_ids_the_first_accepted_copy_stays(run: Import, write: Write) -> None:
    head = "event,userId,messageId,timestamp,amount\n"
    run("import_events", write("1.csv", head + "Paid,u1,m1,2026-01-01,1\nPaid,u2,m1,2026-01-01,2\n"), "--yes")
    ended = run(
        "import_events", write("2.csv", head + "Paid,u3,m1,2026-01-01,3\nRefunded,u4,m2,2026-01-01,4\n"), "--yes"
    )
    assert (ended.number("new events"), ended.number("already known")) == (1, 1)
    assert lake("SELECT user_id, amount FROM paid") == [(profile("u1").pk, 1.0)]
    assert set(Profile.objects.values_list("identities__value", flat=True)) == {"u1", "u4"}


def test_track_calls_of_the_tracking_api_are_understood(run: Import, write: Write) -> None:
    call = {
        "type": "track",
        "event": "Signed Up",
        "userId": 17,
        "anonymousId": "v",
        "messageId": "m1",
        "timestamp": "2026-01-01T00:00:00.123456789Z",
        "properties": {"plan": "pro", "seats": 3, "user_id": "somebody", "tags": ["b", "a"], "gone": None},
        "context": {"groupId": "acme"},
        "stray": 1,
    }
    ended = run("import_events", write("calls.jsonl.gz", gzip.compress(json.dumps(call).encode())), "--yes")
    assert ended.number("new events") == 1
    assert "'stray' is neither an identifier nor within 'properties'" in ended.err
    found = lake("SELECT user_id, account_id, timestamp, message_id, plan, seats, user_id_2, tags FROM signed_up")
    account = Company.objects.get(external_id="acme").pk
    moment = datetime(2026, 1, 1, microsecond=123456, tzinfo=UTC)
    assert found == [(profile("17").pk, account, moment, "m1", "pro", 3.0, "somebody", ["a", "b"])]
    assert Profile.objects.count() == 1


def test_parquet_with_columns_of_other_names(run: Import, write: Write) -> None:
    table = pa.table(
        {
            "Customer ID": pa.array([13085.0, None, 13086.0]),
            "When": pa.array([datetime(2026, 7, 1, 12)] * 3, pa.timestamp("us")),  # noqa: DTZ001  local times
            "Price": [1.5, 2.5, None],
            "Note": ["a", "b", "c"],
        }
    )
    path = write("orders.parquet", b"")
    pq.write_table(table, path)
    options = ["--event", "Sold", "--map", "Customer ID=user_id", "--map", "When=timestamp", "--skip", "Note"]
    ended = run("import_events", path, *options, "--timezone", "Europe/London", "--yes")
    assert (ended.number("new events"), ended.number("rejected rows")) == (2, 1)
    assert ended.number("the row has no user_id, anonymous_id or company_id") == 1
    assert lake("SELECT user_id, timestamp, price FROM sold ORDER BY user_id") == [
        (profile("13085").pk, datetime(2026, 7, 1, 11, tzinfo=UTC), 1.5),
        (profile("13086").pk, datetime(2026, 7, 1, 11, tzinfo=UTC), None),
    ]


def test_rows_without_name_time_or_anybody_are_rejected_and_future_ones_are_not(run: Import, write: Write) -> None:
    content = (
        "event,user_id,company_id,timestamp\n,u1,,2026-01-01\nA,u1,,\nA,,,2026-01-01\nA,u1,,yesterday\n"
        "A,u1,,2299-01-01\nA,,acme,2026-01-01\n"
    )
    ended = run("import_events", write("e.csv", content), "--yes")
    assert (ended.number("new events"), ended.number("rejected rows")) == (2, 4)
    assert [(line, reason) for _, line, reason, _ in ended.rejects()] == [
        ("2", "the row has no event"),
        ("3", "the row has no timestamp"),
        ("4", "the row has no user_id, anonymous_id or company_id"),
        ("5", 'timestamp is "yesterday", not a date or time such as 2026-01-31 or 2026-01-31T08:30:00Z'),
    ]


def test_a_property_of_another_type_rejects_the_row(orders: None, run: Import, write: Write) -> None:
    line = {"event": "Order placed", "user_id": "u1", "timestamp": "2026-01-01", "properties": {"amount": "12"}}
    ended = run("import_events", write("e.jsonl", json.dumps(line)))
    assert (ended.status, ended.number("rejected rows")) == (1, 1)
    ((_, number, reason, raw),) = ended.rejects()
    assert (number, reason, json.loads(raw)) == ("1", 'amount is the text "12", not a number', line)
