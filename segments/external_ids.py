"""Ids at the border: members by the names that the outside world knows them by (RULES section 6).

A company is named by its external id. A profile is named by its external id; one that has none by its e-mail address,
else by its phone number. Of several of a kind the first by code point counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from pyroaring import BitMap64

from lib import bitmaps
from segments.rules.catalogue import Unit

_POPULATION = {
    Unit.PROFILE: """
        SELECT profile_id, value FROM (
            SELECT DISTINCT ON (profile_id) profile_id, value FROM profiles_identity
             WHERE kind IN ('external_id', 'email', 'phone') AND (%(all)s OR profile_id = ANY(%(ids)s))
             ORDER BY profile_id, array_position(ARRAY['external_id', 'email', 'phone'], kind::text), value COLLATE "C"
        ) AS named ORDER BY value COLLATE "C"
    """,
    Unit.COMPANY: """
        SELECT id, external_id FROM profiles_company
         WHERE known AND (%(all)s OR id = ANY(%(ids)s)) ORDER BY external_id COLLATE "C"
    """,
}


@dataclass(frozen=True, slots=True)
class ExternalIds:
    """Ids and names, sorted by code point of the name; each name ends in a newline."""

    ids: pa.Array
    names: pa.Array

    def lines(self, members: BitMap64) -> bytes:
        """The members' names in UTF-8, sorted by code point, one per line."""
        chosen = self.names.filter(pc.is_in(self.ids, value_set=bitmaps.to_arrow(members)))
        _, offsets, text = chosen.buffers()
        if not len(chosen) or text is None:
            return b""
        ends = memoryview(offsets).cast("q")
        return bytes(memoryview(text)[ends[chosen.offset] : ends[chosen.offset + len(chosen)]])

    def checksum(self, members: BitMap64) -> str:
        """SHA-256, in hexadecimal, of the names joined by newlines, with none at the end."""
        return sha256(self.lines(members).removesuffix(b"\n")).hexdigest()


def load_external_ids(unit: Unit, members: BitMap64 | None = None) -> ExternalIds:
    """The names of these members, or of everybody."""
    ids = [] if members is None else list(members)
    with connection.cursor() as cursor:
        cursor.execute(_POPULATION[unit], {"all": members is None, "ids": ids})
        rows = cursor.fetchall()
    return ExternalIds(
        pa.array([row[0] for row in rows], pa.int64()), pa.array([f"{row[1]}\n" for row in rows], pa.large_string())
    )


def names_of(unit: Unit, members: Iterable[int]) -> list[str]:
    """The names of these members, sorted by code point; one that is gone meanwhile has none."""
    names = load_external_ids(unit, BitMap64(members)).names
    return [name.removesuffix("\n") for name in names.to_pylist()]


def stream_names(unit: Unit, members: BitMap64, *, at_once: int = 5_000) -> Iterator[str]:
    """The names of all members, `at_once` of them in memory at a time; in no order worth knowing."""
    following = iter(members)
    while chunk := list(islice(following, at_once)):
        yield from names_of(unit, chunk)
