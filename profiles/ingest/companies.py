"""Companies from files: upserts by external id, and placeholders for those that data only names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from profiles import changes
from profiles.ingest.columns import Reading
from profiles.ingest.database import copy_in, execute, in_transaction, new_ids
from profiles.ingest.naming import Named
from profiles.ingest.plan import Owned
from profiles.ingest.reading import Reasons, read_fields, read_ids
from profiles.ingest.rows import Outcome, Prepared, broken_rows, refused_rows, removed_keys, trait_objects

UPDATE = """
    UPDATE profiles_company c
    SET traits = (c.traits || i.traits) - i.removed, known = true
    FROM incoming_companies i
    WHERE c.id = i.id AND (NOT c.known OR (c.traits || i.traits) - i.removed <> c.traits)
    RETURNING c.id
"""


class CompanyRow(NamedTuple):
    """One row of a file of companies. `number` counts the rows of the whole input."""

    number: int
    external_id: str
    traits: str
    removed: tuple[str, ...]


def prepare(file: str, first: int, chunk: Named, readings: Mapping[Owned, Reading]) -> Prepared[CompanyRow]:
    """The rows of a chunk that can be written, and the refusals of the rest."""
    reasons: Reasons = {}
    ids = read_ids("external_id", chunk.roles.get("external_id", [None] * len(chunk.lines)), reasons)
    columns = read_fields("", chunk.fields, readings, reasons, typed=chunk.typed)
    for position, one in enumerate(ids):
        if not one and position not in reasons:
            reasons[position] = ["the row has no external_id"]
    traits, removed = trait_objects(columns, len(ids)), removed_keys(columns, len(ids))
    rows = [
        CompanyRow(first + position, ids[position], traits[position], removed[position])
        for position in range(len(ids))
        if position not in reasons
    ]
    return Prepared(rows, [*broken_rows(file, chunk), *refused_rows(file, chunk, reasons)], len(ids), len(chunk.broken))


def write(rows: Sequence[CompanyRow]) -> Outcome:
    """Write rows with different external ids, in one transaction."""
    return in_transaction(lambda: _write(rows))


def _write(rows: Sequence[CompanyRow]) -> Outcome:
    there = _stored([row.external_id for row in rows])
    new = [row for row in rows if row.external_id not in there]
    old = [(*there[row.external_id], row) for row in rows if row.external_id in there]
    ids = new_ids("profiles_company", len(new))
    copy_in(
        "profiles_company",
        "id, external_id, known, traits, created_at",
        ((pk, row.external_id, True, row.traits, "now") for pk, row in zip(ids, new, strict=True)),
    )
    changed = _update([(pk, row) for pk, _, row in old])
    appeared = [pk for pk, known, _ in old if not known]
    changes.mark_companies([*ids, *changed])
    if appeared:
        changes.mark_people_of(appeared)
    return Outcome(
        new=len(new) + len(appeared), changed=len(changed) - len(appeared), unchanged=len(old) - len(changed)
    )


def _update(rows: Sequence[tuple[int, CompanyRow]]) -> list[int]:
    """Merge the rows into companies that are there; answers which of them that changed."""
    if not rows:
        return []
    execute("CREATE TEMP TABLE IF NOT EXISTS incoming_companies (id bigint, traits jsonb, removed text[])")
    execute("TRUNCATE incoming_companies")
    copy_in(
        "incoming_companies",
        "id, traits, removed",
        ((pk, row.traits, list(row.removed) if row.removed else "{}") for pk, row in rows),
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
    """Companies by external id, which of them are not known, and how many were made just now."""

    ids: Mapping[str, int]
    unknown: frozenset[str]


def resolve(names: Collection[str]) -> Resolved:
    """The companies that data names, in the transaction under way; one that is not there is made, as not known."""
    wanted = sorted(set(names) - {""})
    if not wanted:
        return Resolved({}, frozenset())
    there = _stored(wanted)
    missing = [name for name in wanted if name not in there]
    ids = new_ids("profiles_company", len(missing))
    copy_in(
        "profiles_company",
        "id, external_id, known, traits, created_at",
        ((pk, name, False, "{}", "now") for pk, name in zip(ids, missing, strict=True)),
    )
    found = {name: pk for name, (pk, _) in there.items()} | dict(zip(missing, ids, strict=True))
    return Resolved(found, frozenset(missing).union(name for name, (_, known) in there.items() if not known))
