"""Profiles from files: upserts by external id, with e-mail and phone as identities and a company to belong to."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from profiles import changes
from profiles.erasure import tombstones
from profiles.ingest import companies
from profiles.ingest.addresses import read_emails, read_phones
from profiles.ingest.claims import Claims
from profiles.ingest.columns import Reading
from profiles.ingest.database import copy_in, execute, in_transaction, new_ids
from profiles.ingest.identities import add_identities, hold, profiles_of
from profiles.ingest.naming import Named
from profiles.ingest.plan import Owned
from profiles.ingest.reading import Reasons, read_fields, read_ids, said
from profiles.ingest.rejects import Refusal
from profiles.ingest.rows import VALUE, Outcome, Prepared, broken_rows, brought, refused_rows, taken
from profiles.lake import batches
from profiles.lake.layout import USERS
from profiles.measures import arrivals
from profiles.models import Identity, TraitDefinition, Unit

ERASED = "the person of this external_id was erased; such an id is not used again"
UPDATE = """
    UPDATE profiles_profile p
    SET traits = (p.traits || i.traits) - i.removed, lasting = true,
        company_id = CASE WHEN i.company_said THEN i.company_id ELSE p.company_id END
    FROM incoming_profiles i
    WHERE p.id = i.id AND (
        NOT p.lasting OR (p.traits || i.traits) - i.removed <> p.traits
        OR (i.company_said AND p.company_id IS DISTINCT FROM i.company_id)
    )
    RETURNING p.id
"""


def prepare(file: str, first: int, chunk: Named, readings: Mapping[Owned, Reading]) -> Prepared:
    """The rows of a chunk that can be written, and the refusals of the rest.

    Beside what all rows have, theirs have `file`, `line`, and `email`, `phone` and `company`, which are null where the
    file says nothing about them, "" where it takes them away.
    """
    reasons: Reasons = {}
    parts: Reasons = {}
    count = len(chunk.lines)
    ids = read_ids("external_id", chunk, reasons)
    for position in pc.indices_nonzero(pc.equal(ids, "")).to_pylist():
        reasons.setdefault(position, ["the row has no external_id"])
    columns = {
        "number": pa.array(range(first, first + count), pa.int64()),
        "file": pa.repeat(file, count),
        "line": pa.array(chunk.lines, pa.int64()),
        "external_id": ids,
        "company": said("company_id", chunk, reasons),
        "email": read_emails(said("email", chunk, parts), parts),
        "phone": read_phones(said("phone", chunk, parts), parts),
    }
    traits = read_fields("", chunk.fields, readings, reasons, typed=chunk.typed)
    refusals = [*broken_rows(file, chunk), *refused_rows(file, chunk, reasons)]
    refusals += [
        Refusal(file, chunk.lines[position], "; ".join(why), chunk.raw(position), "no such e-mail or phone", part=True)
        for position, why in parts.items()
        if position not in reasons
    ]
    return Prepared(taken(columns, traits, reasons), refusals, count, len(chunk.broken))


def write(rows: pa.Table) -> Outcome:
    """Write rows with different external ids, in one transaction; new profiles are in the lake from its end on."""
    return in_transaction(lambda: _write(rows))


def _write(rows: pa.Table) -> Outcome:
    names = rows.column("external_id").to_pylist()
    there = profiles_of(Identity.Kind.EXTERNAL_ID, names)
    hold(set(there.values()))
    rows, erased = _without_erased(rows, there)
    names = rows.column("external_id").to_pylist()
    made = iter(new_ids("profiles_profile", len(names) - len(there)))
    companied = rows.column("company").to_pylist()
    resolved = companies.resolve({name for name in companied if name})
    rows = rows.append_column("id", pa.array([there.get(name) or next(made) for name in names], pa.int64()))
    rows = rows.append_column("company_id", pa.array([resolved.ids.get(name or "") for name in companied], pa.int64()))
    is_new = pa.array([name not in there for name in names], pa.bool_())
    new, old = rows.filter(is_new), rows.filter(pc.invert(is_new))
    _make(new, resolved)
    claims = Claims.of(rows, is_new)
    claims.settle()
    changed = _update(old) | claims.touched.intersection(there.values())
    changes.mark_profiles(changed)
    arrivals.note(Unit.PROFILE, brought(rows))
    return Outcome(
        new=new.num_rows,
        changed=len(changed),
        unchanged=old.num_rows - len(changed),
        unknown_companies=set(resolved.unknown),
        refusals=[*erased, *claims.refusals],
    )


def _without_erased(rows: pa.Table, there: Mapping[str, int]) -> tuple[pa.Table, list[Refusal]]:
    """The rows but for those of people who were erased, and the refusals of these, without what was sent."""
    kind = Identity.Kind.EXTERNAL_ID.value
    missing = {(kind, name) for name in rows.column("external_id").to_pylist() if name not in there}
    stones = tombstones.found(missing)
    if not stones:
        return rows, []
    of_row = [stones.get((kind, name)) for name in rows.column("external_id").to_pylist()]
    tombstones.dropped([stone.erasure for stone in of_row if stone])
    where = zip(of_row, rows.column("file").to_pylist(), rows.column("line").to_pylist(), strict=True)
    refused = [Refusal(file, line, ERASED, {}, ERASED) for stone, file, line in where if stone]
    return rows.filter(pa.array([stone is None for stone in of_row], pa.bool_())), refused


def _make(rows: pa.Table, resolved: companies.Resolved) -> None:
    """New profiles, in the lake too: nothing waits outside it, so nothing is marked as changed."""
    if not rows.num_rows:
        return
    columns = dict(TraitDefinition.objects.filter(unit=Unit.PROFILE).values_list("key", "column"))
    known = [resolved.known_id(name) for name in rows.column("company").to_pylist()]
    values = {
        columns[name.removeprefix(VALUE)]: rows.column(name) for name in rows.column_names if name.startswith(VALUE)
    }
    users = pa.table({"id": rows.column("id"), "company_id": pa.array(known, pa.int64()), **values})
    with batches.staging({USERS: users}):
        copy_in(
            "profiles_profile",
            {
                "id": rows.column("id"),
                "company_id": rows.column("company_id"),
                "lasting": pa.repeat(True, rows.num_rows),
                "traits": rows.column("traits"),
                "created_at": pa.repeat("now", rows.num_rows),
            },
        )
        add_identities(Identity.Kind.EXTERNAL_ID, rows.column("id"), rows.column("external_id"))


def _update(rows: pa.Table) -> set[int]:
    """Merge the rows into profiles that are there; answers which of them that changed."""
    if not rows.num_rows:
        return set()
    execute(
        "CREATE TEMP TABLE IF NOT EXISTS incoming_profiles"
        " (id bigint, company_id bigint, company_said boolean, traits jsonb, removed text[])"
    )
    execute("TRUNCATE incoming_profiles")
    columns = {name: rows.column(name) for name in ("id", "company_id", "traits", "removed")}
    copy_in("incoming_profiles", columns | {"company_said": pc.is_valid(rows.column("company"))})
    execute("ANALYZE incoming_profiles")  # else the planner may read all profiles to find these
    return {row[0] for row in execute(UPDATE)}
