"""Companies from files: upserts by external id, and placeholders for those that data only names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from profiles import changes
from profiles.ingest.columns import Reading
from profiles.ingest.database import copy_in, execute, in_transaction, new_ids
from profiles.ingest.naming import Named
from profiles.ingest.plan import Owned
from profiles.ingest.reading import Reasons, read_fields, read_ids
from profiles.ingest.rows import Outcome, Prepared, broken_rows, brought, refused_rows, taken
from profiles.measures import arrivals
from profiles.models import Unit

UPDATE = """
    UPDATE profiles_company c
    SET traits = (c.traits || i.traits) - i.removed, known = true
    FROM incoming_companies i
    WHERE c.id = i.id AND (NOT c.known OR (c.traits || i.traits) - i.removed <> c.traits)
    RETURNING c.id
"""

LOCK = "SELECT 1 FROM profiles_company WHERE external_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
HOLD = "SELECT 1 FROM profiles_company WHERE external_id = ANY(%s) ORDER BY id FOR SHARE"


def prepare(file: str, first: int, chunk: Named, readings: Mapping[Owned, Reading]) -> Prepared:
    """The rows of a chunk that can be written, and the refusals of the rest."""
    reasons: Reasons = {}
    count = len(chunk.lines)
    ids = read_ids("external_id", chunk, reasons)
    columns = read_fields("", chunk.fields, readings, reasons, typed=chunk.typed)
    for position in pc.indices_nonzero(pc.equal(ids, "")).to_pylist():
        reasons.setdefault(position, ["the row has no external_id"])
    rows = taken({"number": pa.array(range(first, first + count), pa.int64()), "external_id": ids}, columns, reasons)
    return Prepared(rows, [*broken_rows(file, chunk), *refused_rows(file, chunk, reasons)], count, len(chunk.broken))


def write(rows: pa.Table) -> Outcome:
    """Write rows with different external ids, in one transaction."""
    return in_transaction(lambda: _write(rows))


def _write(rows: pa.Table) -> Outcome:
    names = rows.column("external_id").to_pylist()
    there = _stored(names)
    is_new = pa.array([name not in there for name in names], pa.bool_())
    new, old = rows.filter(is_new), rows.filter(pc.invert(is_new))
    ids = new_ids("profiles_company", new.num_rows)
    _make(ids, new.column("external_id"), new.column("traits"), known=True)
    stored = [there[name] for name in old.column("external_id").to_pylist()]
    changed = _update([pk for pk, _ in stored], old)
    appeared = [pk for pk, known in stored if not known]
    changes.mark_companies([*ids, *changed])
    arrivals.note(Unit.COMPANY, brought(rows))
    if appeared:
        changes.mark_people_of(appeared)
    return Outcome(
        new=len(ids) + len(appeared), changed=len(changed) - len(appeared), unchanged=len(stored) - len(changed)
    )


def _make(ids: Sequence[int], names: pa.Array, traits: pa.Array, *, known: bool) -> None:
    count = len(ids)
    copy_in(
        "profiles_company",
        {
            "id": pa.array(ids, pa.int64()),
            "external_id": names,
            "known": pa.repeat(known, count),
            "traits": traits,
            "created_at": pa.repeat("now", count),
        },
    )


def _update(ids: Sequence[int], rows: pa.Table) -> list[int]:
    """Merge the rows into companies that are there; answers which of them that changed."""
    if not ids:
        return []
    execute("CREATE TEMP TABLE IF NOT EXISTS incoming_companies (id bigint, traits jsonb, removed text[])")
    execute("TRUNCATE incoming_companies")
    copy_in(
        "incoming_companies",
        {"id": pa.array(ids, pa.int64()), "traits": rows.column("traits"), "removed": rows.column("removed")},
    )
    execute("ANALYZE incoming_companies")  # else the planner may read all companies to find these
    return [row[0] for row in execute(UPDATE)]


def _stored(external_ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """External id → id and whether the company is known, of those that are stored."""
    rows = execute(
        "SELECT external_id, id, known FROM profiles_company WHERE external_id = ANY(%s)", [list(external_ids)]
    )
    return {external_id: (pk, known) for external_id, pk, known in rows}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Companies by external id, and which of them are not known."""

    ids: Mapping[str, int]
    unknown: frozenset[str]

    def known_id(self, name: str | None) -> int | None:
        """The company of that name if it is known: whoever names it belongs to it."""
        return None if name in self.unknown else self.ids.get(name or "")


def lock(names: Collection[str]) -> None:
    """Have those of these companies that are there alone, to change them, until the end of the transaction."""
    execute(LOCK, [sorted(names)])


def describe(ids: Sequence[int], traits: pa.Array, removed: pa.Array) -> None:
    """Merge traits into companies that are there and `lock`ed, and are known from now on; `removed` are texts of arrays
    of keys. What changed is marked."""
    unknown = {pk for [pk] in execute("SELECT id FROM profiles_company WHERE id = ANY(%s) AND NOT known", [list(ids)])}
    changes.mark_companies(_update(ids, pa.table({"traits": traits, "removed": removed})))
    if unknown:
        changes.mark_people_of(unknown)


def resolve(names: Collection[str]) -> Resolved:
    """The companies that data names, in the transaction under way; one that is not there is made, as not known.

    Until that ends, none of them becomes known or unknown: what the lake is told of their people stays true.
    """
    wanted = sorted(set(names) - {""})
    if not wanted:
        return Resolved({}, frozenset())
    execute(HOLD, [wanted])
    there = _stored(wanted)
    missing = [name for name in wanted if name not in there]
    ids = new_ids("profiles_company", len(missing))
    _make(ids, pa.array(missing, pa.string()), pa.repeat("{}", len(missing)), known=False)
    found = {name: pk for name, (pk, _) in there.items()} | dict(zip(missing, ids, strict=True))
    return Resolved(found, frozenset(missing).union(name for name, (_, known) in there.items() if not known))
