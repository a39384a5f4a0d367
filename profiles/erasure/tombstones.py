"""What comes about somebody who was erased: recognised by keyed hashes of their identifiers, and thrown away.

An external id is never used again. What else recognised them may come back with what happened after the erasure: then
it is somebody new, whom nobody knows and who has agreed to nothing.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac

from profiles.ingest.database import execute
from profiles.models import ErasedIdentity, Erasure, Identity

Named = tuple[str, str]
"""Kind and value of an identifier."""

_FIND = """
    SELECT i.hash, e.id, e.requested_at FROM profiles_erasedidentity i JOIN profiles_erasure e ON e.id = i.erasure_id
     WHERE i.hash = ANY(%s)
"""
_OWNED = """
    SELECT i.kind, i.value FROM profiles_identity i
      JOIN unnest(%s::text[], %s::text[]) AS said(kind, value) ON i.kind = said.kind AND i.value = said.value
"""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Of one identifier: the erasure, and when it was."""

    erasure: int
    at: datetime

    def covers(self, kind: str, happened: datetime | None) -> bool:
        """Whether something about this identifier is about the person who was erased. None: it says no time."""
        return kind == Identity.Kind.EXTERNAL_ID or happened is None or happened <= self.at


def hash_of(kind: str, value: str) -> UUID:
    """HMAC-SHA-256 with a key derived from the installation's, cut to 128 bits."""
    return UUID(bytes=hmac.digest(_key(settings.SECRET_KEY), f"{kind}:{value}".encode(), sha256)[:16])


def found(names: Collection[Named]) -> dict[Named, Tombstone]:
    """The tombstones of those identifiers that have one.

    To be asked after it was found that nobody has the identifier, in the same transaction (READ COMMITTED): whoever
    erases takes the identifiers away in the transaction that writes the tombstone.
    """
    if not names or not execute("SELECT 1 FROM profiles_erasedidentity LIMIT 1"):
        return {}
    hashes = {hash_of(kind, value): (kind, value) for kind, value in names}
    return {hashes[digest]: Tombstone(pk, at) for digest, pk, at in execute(_FIND, [list(hashes)])}


def unowned(names: Collection[Named]) -> dict[Named, Tombstone]:
    """`found` of those of the names that nobody has."""
    if not names or not execute("SELECT 1 FROM profiles_erasedidentity LIMIT 1"):
        return {}
    kinds, values = zip(*sorted(names), strict=True)
    return found(set(names) - {(kind, value) for kind, value in execute(_OWNED, [list(kinds), list(values)])})


def write(erasure: Erasure, names: Collection[Named]) -> None:
    """Have these identifiers recognised from now on; those of an earlier erasure as well."""
    ErasedIdentity.objects.bulk_create(
        [ErasedIdentity(hash=digest, erasure=erasure) for digest in sorted({hash_of(*name) for name in names})],
        update_conflicts=True,
        unique_fields=["hash"],
        update_fields=["erasure"],
    )


def dropped(erasures: Collection[int]) -> None:
    """Count what was thrown away: each erasure as often as it is named."""
    for pk in sorted(set(erasures)):
        number = sum(each == pk for each in erasures)
        Erasure.objects.filter(pk=pk).update(dropped=F("dropped") + number)


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return salted_hmac("profiles.erased", "", secret=secret, algorithm="sha256").digest()
