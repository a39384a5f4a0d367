"""Portions of events: their ids, the people and companies they name, and their rows in the lake, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from lib import failpoints
from profiles.erasure import tombstones
from profiles.erasure.tombstones import Tombstone
from profiles.ingest import companies
from profiles.ingest.database import copy_in, execute, in_transaction, new_ids
from profiles.ingest.event_rows import FIXED
from profiles.ingest.identities import add_identities, hold, profiles_of
from profiles.ingest.message_ids import hashed
from profiles.ingest.rows import Outcome
from profiles.lake import batches, flush
from profiles.lake.layout import USERS
from profiles.models import EventProperty, EventType, Identity

FRESH = """
    WITH fresh AS (
        INSERT INTO profiles_eventid (hash) SELECT DISTINCT hash FROM incoming_events ORDER BY hash
        ON CONFLICT DO NOTHING RETURNING hash
    )
    SELECT DISTINCT ON (hash) part, place FROM incoming_events JOIN fresh USING (hash) ORDER BY hash, input_row
"""
failpoints.declare("import.events_staged", "import.events_stored", "import.events_flushed")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where events go: event → table, (event, property) → column."""

    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], str]

    @classmethod
    def load(cls) -> "Columns":
        """As the catalogue has them now."""
        properties = EventProperty.objects.values_list("event_type__name", "key", "column")
        return cls(
            dict(EventType.objects.values_list("name", "table")),
            {(name, key): column for name, key, column in properties},
        )


@dataclass(slots=True)
class Portion:
    """Events that are written together."""

    rows: int = 0
    parts: dict[str, list[pa.Table]] = field(default_factory=dict)

    def add(self, tables: Mapping[str, pa.Table]) -> None:
        """More rows, by event."""
        for name, table in tables.items():
            self.parts.setdefault(name, []).append(table)
            self.rows += table.num_rows

    def tables(self) -> dict[str, pa.Table]:
        """All rows, by event."""
        return {name: pa.concat_tables(parts, promote_options="default") for name, parts in self.parts.items()}


def write(portion: Portion, where: Columns) -> Outcome:
    """Store the events that are new, and have them in the lake. An event that is known stays as it is."""
    tables = portion.tables()
    outcome, stage = in_transaction(lambda: _store(tables, where))
    failpoints.reach("import.events_stored")
    if stage is not None:
        flush.write_batch(stage)
    failpoints.reach("import.events_flushed")
    return outcome


def _store(tables: Mapping[str, pa.Table], where: Columns) -> tuple[Outcome, int | None]:
    rows = sum(table.num_rows for table in tables.values())
    fresh = _without_erased(_fresh(tables))
    count = sum(table.num_rows for table in fresh.values())
    if not count:
        return Outcome(unchanged=rows), None
    users, made = _people(Identity.Kind.EXTERNAL_ID, _distinct(fresh, "user"))
    nameless = {name: table.filter(pc.equal(table["user"], "")) for name, table in fresh.items()}
    visitors, _ = _people(Identity.Kind.ANONYMOUS_ID, _distinct(nameless, "anonymous"))
    resolved = companies.resolve(_distinct(fresh, "company"))
    columns = {
        where.tables[name]: _in_layout(name, table, where, users, visitors, resolved.ids)
        for name, table in fresh.items()
    }
    columns[USERS] = pa.table({"id": pa.array(made, pa.int64())})  # visitors are in no segment: not there yet
    stage = batches.stage(columns)
    failpoints.reach("import.events_staged")
    outcome = Outcome(
        new=count, unchanged=rows - count, new_profiles=len(made), unknown_companies=set(resolved.unknown)
    )
    return outcome, stage


def _without_erased(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The rows but for those about people who were erased, which are thrown away."""
    users = ((Identity.Kind.EXTERNAL_ID, user) for user in _distinct(tables, "user"))
    visitors = ((Identity.Kind.ANONYMOUS_ID, visitor) for visitor in _distinct(tables, "anonymous"))
    stones = tombstones.unowned({(kind.value, value) for kind, value in (*users, *visitors)})
    return {name: _of_the_living(table, stones) for name, table in tables.items()} if stones else dict(tables)


def _of_the_living(table: pa.Table, stones: Mapping[tuple[str, str], Tombstone]) -> pa.Table:
    dropped, kept = [], []
    for user, visitor, moment in zip(
        *(table[name].to_pylist() for name in ("user", "anonymous", "timestamp")), strict=True
    ):
        kind, value = (Identity.Kind.EXTERNAL_ID, user) if user else (Identity.Kind.ANONYMOUS_ID, visitor)
        stone = stones.get((kind.value, value))
        erased = stone is not None and stone.covers(kind.value, moment)
        kept.append(not erased)
        dropped.extend([stone.erasure] if stone and erased else [])
    tombstones.dropped(dropped)
    return table.filter(pa.array(kept, pa.bool_()))


def _fresh(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The rows whose message id was never seen, now marked as seen; of equal ids the first row of the input."""
    execute("CREATE TEMP TABLE IF NOT EXISTS incoming_events (input_row bigint, part int, place int, hash uuid)")
    execute("TRUNCATE incoming_events")
    for part, table in enumerate(tables.values()):
        messages = table["message_id"].to_pylist()
        copy_in(
            "incoming_events",
            {
                "input_row": table["row"],
                "part": pa.repeat(part, table.num_rows),
                "place": pa.array(range(table.num_rows), pa.int64()),
                "hash": pa.array(map(hashed, messages), pa.string()),
            },
        )
    found = execute(FRESH)
    return {
        name: table.take(pa.array(places, pa.int64()))
        for part, (name, table) in enumerate(tables.items())
        if (places := sorted(place for owner, place in found if owner == part))
    }


def _distinct(tables: Mapping[str, pa.Table], column: str) -> set[str]:
    found: set[str] = set()
    for table in tables.values():
        found.update(pc.unique(table[column]).to_pylist())
    return found - {""}


def _people(kind: Identity.Kind, values: set[str]) -> tuple[dict[str, int], list[int]]:
    """Value → profile for identifiers of one kind, and the profiles that were made because nobody had it."""
    wanted = sorted(values)
    there = profiles_of(kind, wanted)
    hold(set(there.values()))
    missing = [value for value in wanted if value not in there]
    made = new_ids("profiles_profile", len(missing))
    ids = pa.array(made, pa.int64())
    copy_in(
        "profiles_profile",
        {
            "id": ids,
            "lasting": pa.repeat(kind in Identity.LASTING, len(made)),
            "traits": pa.repeat("{}", len(made)),
            "created_at": pa.repeat("now", len(made)),
        },
    )
    add_identities(kind, ids, pa.array(missing, pa.string()))
    return there | dict(zip(missing, made, strict=True)), made


def _in_layout(
    name: str,
    table: pa.Table,
    where: Columns,
    users: Mapping[str, int],
    visitors: Mapping[str, int],
    company_ids: Mapping[str, int],
) -> pa.Table:
    people = [
        users[user] if user else visitors.get(visitor)
        for user, visitor in zip(table["user"].to_pylist(), table["anonymous"].to_pylist(), strict=True)
    ]
    columns = {
        "user_id": pa.array(people, pa.int64()),
        "account_id": pa.array(map(company_ids.get, table["company"].to_pylist()), pa.int64()),
        "timestamp": table["timestamp"],
        "message_id": table["message_id"],
    }
    for column in table.column_names[len(FIXED) :]:
        columns[where.columns[name, column.removeprefix("p.")]] = table[column]
    return pa.table(columns)
