"""What DuckDB reads, as EXPLAIN ANALYZE tells: of a window its months only, and each source of events once."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from profiles.lake import copies, flush
from profiles.lake.snapshot import TableScan, open_snapshot
from segments.registry import load_catalogue
from segments.rules.nodes import Definition
from segments.rules.parse import parse
from segments.rules.sql import Scan, SetPlanner, compile_members, compile_nodes
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)

AS_OF = datetime(2026, 6, 15, 12, tzinfo=UTC)
MONTHS = [f"2026-{month:02}" for month in range(1, 7)]
FILE = re.compile(r"/(\w+)/month=(\d{4}-\d\d)/")
Reads = list[tuple[str, frozenset[str]]]
"""Each scan of an event table in a plan: the table, and the months of the files that it has read."""


@pytest.fixture(autouse=True)
def half_a_year() -> None:
    """Two events in each month, in the lake: a file per table and month."""
    bought, seen = data.make_event_type("bought", amount="number"), data.make_event_type("seen", path="text")
    person = data.make_profile("p1")
    for month in MONTHS:
        moment = datetime.fromisoformat(f"{month}-10T12:00:00+00:00")
        data.make_event(bought, person, moment, amount=3.5)
        data.make_event(seen, person, moment, path="/pricing")
    copies.copy_changes()
    flush.flush_tail()


def definition(rule: dict[str, Any]) -> Definition:
    return parse({"unit": "profile", "timezone": "UTC", "rule": rule}, load_catalogue())


def reads(sql: str, scan: Scan) -> Reads:
    """The scans of event tables when a query runs over a snapshot."""
    tables = {name: TableScan(table.columns, table.start, table.end) for name, table in scan.tables.items()}
    with open_snapshot(tables, AS_OF) as snapshot:
        [(_, plan)] = snapshot.connection.execute(f"EXPLAIN (ANALYZE, FORMAT json) {sql}").fetchall()
    return list(_scans(json.loads(plan)))


def _scans(node: Any) -> Iterator[tuple[str, frozenset[str]]]:
    """Depth first; a scan tells the names of its files in what it says beside its children."""
    if isinstance(node, dict):
        names = [
            name for key, value in node.get("extra_info", {}).items() if "ilename" in key for name in _files(value)
        ]
        for table in sorted({table for table, _ in names}):
            yield table, frozenset(month for of, month in names if of == table)
        for child in node.values():
            yield from _scans(child)
    elif isinstance(node, list):
        for child in node:
            yield from _scans(child)


def _files(value: Any) -> list[tuple[str, str]]:
    return FILE.findall(value if isinstance(value, str) else " ".join(value))


WINDOWS: list[tuple[dict[str, Any], list[str]]] = [
    ({"last": "10 days"}, ["2026-06"]),
    ({"last": "40 days"}, ["2026-05", "2026-06"]),
    ({"previous": "month"}, ["2026-05"]),
    ({"from": "2026-02-03", "to": "2026-03-20"}, ["2026-02", "2026-03"]),
    ({"to": "2026-02-01T00:00:00Z"}, ["2026-01"]),
    ({"days": 30, "until": "today"}, ["2026-05", "2026-06"]),
]


@pytest.mark.parametrize(("window", "months"), WINDOWS)
def test_no_month_outside_a_window_is_read(window: dict[str, Any], months: list[str]) -> None:
    parsed = definition({"event": "bought", "measure": "sum", "of": "amount", "op": "gt", "value": 3, "window": window})
    catalogue = load_catalogue()
    planner = SetPlanner(catalogue, AS_OF, {}, default_timezone="UTC")
    planner.add(parsed)
    members, nodes = compile_members(parsed, catalogue, AS_OF), compile_nodes(parsed, catalogue, AS_OF)

    asked = [(query.sql, query.scan) for query in planner.queries()]
    for sql, scan in [(members.sql, members.scan), (nodes.sql, nodes.scan), *asked]:
        found = reads(sql, scan)
        assert {table for table, _ in found} <= {"bought"}
        assert all(read <= set(months) for _, read in found), found
    assert reads(members.sql, members.scan) == [("bought", frozenset(months))]


def test_the_steps_of_a_sequence_read_its_window() -> None:
    parsed = definition(
        {"sequence": [{"event": "bought"}, {"event": "seen", "within": "1 day"}], "window": {"last": "40 days"}}
    )
    query = compile_members(parsed, load_catalogue(), AS_OF)

    assert {month for _, months in reads(query.sql, query.scan) for month in months} == {"2026-05", "2026-06"}


LEAVES: list[dict[str, Any]] = [
    {"event": "bought", "op": "gte", "value": 1, "window": {"last": "10 days"}},
    {"event": "bought", "measure": "sum", "of": "amount", "op": "gt", "value": 3, "window": {"last": "40 days"}},
    {"event": "bought", "measure": "last_at", "op": "in_last", "value": "90 days"},
]


def test_leaves_of_one_definition_that_measure_the_same_events_read_them_once() -> None:
    parsed, catalogue = definition({"all": [*LEAVES, {"event": "seen"}]}), load_catalogue()

    for query in (compile_members(parsed, catalogue, AS_OF), compile_nodes(parsed, catalogue, AS_OF)):
        assert Counter(table for table, _ in reads(query.sql, query.scan)) == {"bought": 1, "seen": 1}


def test_definitions_of_one_run_that_measure_the_same_events_read_them_once() -> None:
    planner = SetPlanner(load_catalogue(), AS_OF, {}, default_timezone="UTC")
    for leaf in LEAVES[:2]:
        planner.add(definition({"any": [leaf, {"not": {"event": "seen"}}]}))

    found = [scan for query in planner.queries() for scan in reads(query.sql, query.scan)]
    assert Counter(table for table, _ in found) == {"bought": 1, "seen": 1}
