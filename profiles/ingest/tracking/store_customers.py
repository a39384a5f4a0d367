"""People and companies of a request, written with a few statements for all of them."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from profiles import merging
from profiles.ingest import companies
from profiles.ingest.database import copy_in, execute, new_ids
from profiles.ingest.identities import add_identities, hold, remove_identities
from profiles.ingest.rows import array_of
from profiles.ingest.tracking import claims
from profiles.ingest.tracking.people import KINDS, Crowd, Person
from profiles.ingest.tracking.reading import Told
from profiles.merging import Finding
from profiles.models import Source

LOCK = "SELECT 1 FROM profiles_profile WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
UPDATE = """
    UPDATE profiles_profile p
    SET traits = (p.traits || i.traits) - i.removed, company_id = coalesce(i.company_id, p.company_id)
    FROM jsonb_to_recordset(%s::jsonb) AS i(id bigint, traits jsonb, removed text[], company_id bigint)
    WHERE p.id = i.id
      AND ((p.traits || i.traits) - i.removed <> p.traits OR i.company_id <> coalesce(p.company_id, -1))
    RETURNING p.id
"""
LASTING = """
    UPDATE profiles_profile SET lasting = NOT lasting WHERE id = ANY(%s) AND lasting <> EXISTS (
        SELECT FROM profiles_identity i WHERE i.profile_id = profiles_profile.id AND i.kind = ANY(%s))
"""


@dataclass(slots=True)
class _Change:
    """What messages say of one person or company, the later over the earlier."""

    traits: dict[str, Any] = field(default_factory=dict)
    company: str = ""

    def say(self, values: Mapping[str, Any]) -> None:
        self.traits.update(values)

    @property
    def kept(self) -> dict[str, Any]:
        return {key: value for key, value in self.traits.items() if value is not None}

    @property
    def removed(self) -> list[str]:
        return [key for key, value in self.traits.items() if value is None]


def write_people(crowd: Crowd, people: Collection[Person], source: Source) -> set[int]:
    """Write new profiles, merges, and what changes of identifiers; answers whom the lake's copy lacks or has
    otherwise."""
    joints = [joint for joint in crowd.joints if joint.gone.id is not None]
    merged = {person.id for joint in joints for person in (joint.stays.now, joint.gone) if person.id is not None}
    if merged:
        merging.lock(merged)
    hold({person.id for person in people if person.id is not None} | crowd.touched)
    made = [person for person in crowd.made if person.into is None]
    _make(made)
    if joints:
        findings = [Finding(each.stays.now.stored_id, each.gone.stored_id, each.by, each.value) for each in joints]
        merging.merge(findings, source)
    _write_identities(crowd)
    if crowd.claims:
        claims.write({name: {person.now.stored_id for person in people} for name, people in crowd.claims.items()})
    if crowd.touched:
        execute(LOCK, [sorted(crowd.touched)])
        execute(LASTING, [sorted(crowd.touched), list(KINDS[:3])])
    return crowd.touched | {person.stored_id for person in made if person.lasting}


def _write_identities(crowd: Crowd) -> None:
    for kind in KINDS:
        remove_identities(kind, [value for each, value in crowd.removed if each == kind])
        added = sorted((value, person.now.stored_id) for (each, value), person in crowd.added.items() if each == kind)
        if added:
            values, owners = zip(*added, strict=True)
            add_identities(kind, pa.array(owners, pa.int64()), pa.array(values, pa.string()))


def _make(made: Sequence[Person]) -> None:
    for person, pk in zip(made, new_ids("profiles_profile", len(made)), strict=True):
        person.id = pk
    copy_in(
        "profiles_profile",
        {
            "id": pa.array([person.id for person in made], pa.int64()),
            "lasting": pa.array([person.lasting for person in made], pa.bool_()),
            "traits": pa.repeat("{}", len(made)),
            "created_at": pa.repeat("now", len(made)),
        },
    )


def update_profiles(told: Iterable[Told], people: Iterable[Person], ids: Mapping[str, int]) -> set[int]:
    """Traits by identify calls, companies by identify and group calls; answers which profiles that changed."""
    found: dict[int, _Change] = {}
    for each, person in zip(told, people, strict=True):
        if each.message.kind == "identify":
            change = found.setdefault(person.stored_id, _Change())
            change.say(each.values)
            change.company = each.message.company or change.company
        elif each.message.kind == "group":
            found.setdefault(person.stored_id, _Change()).company = each.message.company
    rows = [
        {"id": pk, "traits": change.kept, "removed": change.removed, "company_id": ids.get(change.company)}
        for pk, change in found.items()
        if change.traits or change.company
    ]
    if not rows:
        return set()
    execute(LOCK, [sorted(found)])
    return {pk for [pk] in execute(UPDATE, [json.dumps(rows)])}


def update_companies(groups: Iterable[Told], ids: Mapping[str, int]) -> None:
    """Traits of companies by group calls."""
    found: dict[int, _Change] = {}
    for told in groups:
        found.setdefault(ids[told.message.company], _Change()).say(told.values)
    removed = [array_of(change.removed) for change in found.values()]
    traits = [json.dumps(change.kept) for change in found.values()]
    companies.describe(list(found), pa.array(traits, pa.string()), pa.array(removed, pa.string()))
