"""Profiles from files: upserts by external id, with e-mail and phone as identities and a company to belong to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter
from typing import NamedTuple

from profiles import changes
from profiles.ingest import companies
from profiles.ingest.columns import Reading
from profiles.ingest.database import copy_in, execute, in_transaction, new_ids
from profiles.ingest.naming import Named
from profiles.ingest.plan import Owned
from profiles.ingest.reading import Reasons, read_fields, read_ids, said
from profiles.ingest.rejects import Refusal
from profiles.ingest.rows import Outcome, Prepared, broken_rows, refused_rows, removed_keys, trait_objects
from profiles.models import Identity

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
LONGEST_EMAIL = 254
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


class PersonRow(NamedTuple):
    """One row of a file of profiles. `number` counts the rows of the whole input.

    `email`, `phone` and `company` are None where the file says nothing about them, "" where it takes them away.
    """

    number: int
    file: str
    line: int
    external_id: str
    email: str | None
    phone: str | None
    company: str | None
    traits: str
    removed: tuple[str, ...]


def prepare(file: str, first: int, chunk: Named, readings: Mapping[Owned, Reading]) -> Prepared[PersonRow]:
    """The rows of a chunk that can be written, and the refusals of the rest."""
    reasons: Reasons = {}
    count = len(chunk.lines)
    ids = read_ids("external_id", chunk.roles.get("external_id", repeat(None, count)), reasons)
    for position, one in enumerate(ids):
        if not one and position not in reasons:
            reasons[position] = ["the row has no external_id"]
    company = _said("company_id", chunk, reasons)
    columns = read_fields("", chunk.fields, readings, reasons, typed=chunk.typed)
    refusals = [*broken_rows(file, chunk), *refused_rows(file, chunk, reasons)]
    parts: Reasons = {}
    email = _emails(_said("email", chunk, parts), parts)
    phone = _phones(_said("phone", chunk, parts), parts)
    refusals += [
        Refusal(file, chunk.lines[position], "; ".join(why), chunk.raw(position), "no such e-mail or phone", part=True)
        for position, why in parts.items()
        if position not in reasons
    ]
    columned = zip(
        range(first, first + count),
        repeat(file),
        chunk.lines,
        ids,
        email,
        phone,
        company,
        trait_objects(columns, count),
        removed_keys(columns, count),
    )
    rows = [row for position, row in enumerate(map(PersonRow._make, columned)) if position not in reasons]
    return Prepared(rows, refusals, count, len(chunk.broken))


def _said(role: str, chunk: Named, reasons: Reasons) -> list[str | None]:
    found = chunk.roles.get(role)
    if found is None:
        return [None] * len(chunk.lines)
    return said(found, read_ids(role, found, reasons))


def _emails(found: list[str | None], reasons: Reasons) -> list[str | None]:
    emails = [value.lower() if value else value for value in found]
    for position, email in enumerate(emails):
        if email and (len(email) > LONGEST_EMAIL or EMAIL.fullmatch(email) is None):
            reasons.setdefault(position, []).append(
                f'email "{email}" is no e-mail address; the rest of the row went in'
            )
            emails[position] = None
    return emails


def _phones(found: list[str | None], reasons: Reasons) -> list[str | None]:
    for position, phone in enumerate(found):
        if phone and not any(character.isdigit() for character in phone):
            reasons.setdefault(position, []).append(f'phone "{phone}" is no phone number; the rest of the row went in')
            found[position] = None
    return found


def write(rows: Sequence[PersonRow]) -> Outcome:
    """Write rows with different external ids, in one transaction."""
    return in_transaction(lambda: _write(rows))


def _write(rows: Sequence[PersonRow]) -> Outcome:
    there = profiles_of(Identity.Kind.EXTERNAL_ID, [row.external_id for row in rows])
    new = [row for row in rows if row.external_id not in there]
    ids = there | dict(zip((row.external_id for row in new), new_ids("profiles_profile", len(new)), strict=True))
    resolved = companies.resolve({row.company for row in rows if row.company})
    copy_in(
        "profiles_profile",
        "id, company_id, lasting, traits, created_at",
        ((ids[row.external_id], resolved.ids.get(row.company or ""), True, row.traits, "now") for row in new),
    )
    claims = Claims.of(rows, ids, there)
    if claims.gone:
        execute("DELETE FROM profiles_identity WHERE id = ANY(%s)", [claims.gone])
    kind = Identity.Kind.EXTERNAL_ID.value
    added = [(ids[row.external_id], kind, row.external_id) for row in new]
    copy_in("profiles_identity", "profile_id, kind, value", added + claims.added)
    old = [row for row in rows if row.external_id in there]
    changed = _update(old, there, resolved) | claims.touched.intersection(there.values())
    changes.mark_profiles([*changed, *(ids[row.external_id] for row in new)])
    return Outcome(
        new=len(new),
        changed=len(changed),
        unchanged=len(old) - len(changed),
        unknown_companies=set(resolved.unknown),
        refusals=claims.refusals,
    )


def _update(rows: Sequence[PersonRow], ids: Mapping[str, int], resolved: companies.Resolved) -> set[int]:
    """Merge the rows into profiles that are there; answers which of them that changed."""
    if not rows:
        return set()
    execute(
        "CREATE TEMP TABLE IF NOT EXISTS incoming_profiles"
        " (id bigint, company_id bigint, company_said boolean, traits jsonb, removed text[])"
    )
    execute("TRUNCATE incoming_profiles")
    copy_in(
        "incoming_profiles",
        "id, company_id, company_said, traits, removed",
        (
            (
                ids[row.external_id],
                resolved.ids.get(row.company or ""),
                row.company is not None,
                row.traits,
                list(row.removed) if row.removed else "{}",
            )
            for row in rows
        ),
    )
    execute("ANALYZE incoming_profiles")  # else the planner may read all profiles to find these
    return {row[0] for row in execute(UPDATE)}


def profiles_of(kind: str, values: Sequence[str]) -> dict[str, int]:
    """Value → profile, for the values of one kind that are somebody's."""
    rows = execute(
        "SELECT value, profile_id FROM profiles_identity WHERE kind = %s AND value = ANY(%s)", [kind, list(values)]
    )
    return dict(rows)


@dataclass(slots=True)
class Claims:
    """Whose e-mails and phones the rows change: identities to delete and to add, and the claims that were refused.

    A value in a file that the profile does not have takes the place of what is stored. A value that is somebody
    else's stays theirs.
    """

    gone: list[int]
    added: list[tuple[int, str, str]]
    touched: set[int]
    refusals: list[Refusal]

    @classmethod
    def of(cls, rows: Sequence[PersonRow], ids: Mapping[str, int], there: Mapping[str, int]) -> "Claims":
        """Decide row by row, in the order of the rows."""
        claims = cls([], [], set(), [])
        for kind in (Identity.Kind.EMAIL, Identity.Kind.PHONE):
            said = attrgetter(kind.value)
            wanted = [(row, value) for row in rows if (value := said(row)) is not None]
            if wanted:
                claims._decide(kind, wanted, ids, there)
        return claims

    def _decide(
        self,
        kind: Identity.Kind,
        wanted: Sequence[tuple[PersonRow, str]],
        ids: Mapping[str, int],
        there: Mapping[str, int],
    ) -> None:
        owners = profiles_of(kind, [value for _, value in wanted if value])
        news = [(row, value) for row, value in wanted if not value or owners.get(value) != ids[row.external_id]]
        stored = _identities(kind, [ids[row.external_id] for row, _ in news if row.external_id in there])
        name = kind.value
        for row, value in news:
            profile = ids[row.external_id]
            owner = owners.get(value) if value else None
            if owner is not None and owner != profile:
                reason = f'{kind.value} "{value}" belongs to another profile; the rest of the row went in'
                raw = {"external_id": row.external_id, kind.value: value}
                label = f"{kind.label.lower()} of another profile"
                self.refusals.append(Refusal(row.file, row.line, reason, raw, label, part=True))
                continue
            replaced = [(pk, old) for pk, old in stored.get(profile, ()) if old != value]
            for pk, old in replaced:
                self.gone.append(pk)
                owners.pop(old, None)
            if value and owner is None:
                owners[value] = profile
                self.added.append((profile, name, value))
            if replaced or (value and owner is None):
                self.touched.add(profile)


def _identities(kind: str, profiles: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Profile → (id of the identity, value) of one kind."""
    found: dict[int, list[tuple[int, str]]] = {}
    if not profiles:
        return found
    rows = execute(
        "SELECT profile_id, id, value FROM profiles_identity WHERE kind = %s AND profile_id = ANY(%s)",
        [kind, list(profiles)],
    )
    for profile, pk, value in rows:
        found.setdefault(profile, []).append((pk, value))
    return found
