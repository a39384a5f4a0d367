"""Whose e-mails and phones the rows of a file change.

A value in a file that the profile does not have takes the place of what is stored. A value that is somebody else's
stays theirs, and the claim is refused. Most rows say a value that is nobody's and that no other row says, for a profile
that is new: these need no look of their own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.identities import add_identities, hold, profiles_of, remove_identities, values_of
from profiles.ingest.rejects import Refusal
from profiles.models import Identity


@dataclass(slots=True)
class Claims:
    """What is to be refused, which profiles get or lose a value, and the values to remove and to add."""

    refusals: list[Refusal] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    gone: list[tuple[str, str]] = field(default_factory=list)
    added: list[tuple[str, pa.Array, pa.Array]] = field(default_factory=list)
    made: frozenset[int] = frozenset()

    @classmethod
    def of(cls, rows: pa.Table, is_new: pa.Array) -> "Claims":
        """Decide, in the order of the rows where they compete. `is_new` tells whose profile is made just now."""
        claims = cls(made=frozenset(rows.column("id").filter(is_new).to_pylist()))
        marked = rows.append_column("is_new", is_new)
        for kind in (Identity.Kind.EMAIL, Identity.Kind.PHONE):
            wanted = marked.filter(pc.is_valid(rows.column(kind.value)))
            if wanted.num_rows:
                claims._decide(kind, wanted)
        return claims

    def settle(self) -> None:
        """Store what was decided. Profiles that were there before are held: they could be erased meanwhile."""
        hold(self.touched - self.made)
        for kind in {kind for kind, _ in self.gone}:
            remove_identities(kind, [value for each, value in self.gone if each == kind])
        for kind, profiles, values in self.added:
            add_identities(kind, profiles, values)

    def _decide(self, kind: Identity.Kind, wanted: pa.Table) -> None:
        values = wanted.column(kind.value).to_pylist()
        owners = profiles_of(kind, [value for value in values if value])
        said = Counter(values)
        simple = [
            new and value != "" and value not in owners and said[value] == 1
            for new, value in zip(wanted.column("is_new").to_pylist(), values, strict=True)
        ]
        plain = wanted.filter(pa.array(simple, pa.bool_()))
        self.added.append((kind.value, plain.column("id"), plain.column(kind.value)))
        rest = wanted.filter(pa.array([not each for each in simple], pa.bool_()))
        if rest.num_rows:
            names = ["id", "is_new", "external_id", "file", "line", kind.value]
            self._decide_one_by_one(kind, rest.select(names).to_pylist(), owners)

    def _decide_one_by_one(
        self, kind: Identity.Kind, rows: Sequence[Mapping[str, Any]], owners: dict[str, int]
    ) -> None:
        name = kind.value
        news = [row for row in rows if not row[name] or owners.get(row[name]) != row["id"]]
        stored = values_of(kind, [row["id"] for row in news if not row["is_new"]])
        added: list[tuple[int, str]] = []
        for row in news:
            profile, value = row["id"], row[name]
            owner = owners.get(value) if value else None
            if owner is not None and owner != profile:
                self.refusals.append(_refused(kind, row))
                continue
            replaced = [old for old in stored.get(profile, ()) if old != value]
            for old in replaced:
                self.gone.append((name, old))
                owners.pop(old, None)
            if value and owner is None:
                owners[value] = profile
                added.append((profile, value))
            if replaced or (value and owner is None):
                self.touched.add(profile)
        if added:
            profiles, taken = zip(*added, strict=True)
            self.added.append((name, pa.array(profiles, pa.int64()), pa.array(taken, pa.string())))


def _refused(kind: Identity.Kind, row: Mapping[str, Any]) -> Refusal:
    value = row[kind.value]
    reason = f'{kind.value} "{value}" belongs to another profile; the rest of the row went in'
    raw = {"external_id": row["external_id"], kind.value: value}
    return Refusal(row["file"], row["line"], reason, raw, f"{kind.label.lower()} of another profile", part=True)
