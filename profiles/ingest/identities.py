"""Who is recognised by what: identities looked up, added and taken away."""

import json
from collections.abc import Collection, Sequence

import pyarrow as pa

from profiles.ingest.database import LostRaceError, copy_in, execute


def profiles_of(kind: str, values: Sequence[str]) -> dict[str, int]:
    """Value → profile, for the values of one kind that are somebody's."""
    named = "ARRAY(SELECT jsonb_array_elements_text(%s))"  # one text: the driver takes long over thousands of them
    rows = execute(
        f"SELECT value, profile_id FROM profiles_identity WHERE kind = %s AND value = ANY({named})",  # noqa: S608  above
        [kind, json.dumps(values)],
    )
    return dict(rows)


def hold(profiles: Collection[int]) -> None:
    """Have these profiles stay until the end of the transaction, as a foreign key would.

    Raises `LostRaceError` if one of them is gone already.
    """
    if not profiles:
        return
    held = execute("SELECT 1 FROM profiles_profile WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [list(profiles)])
    if len(held) < len(profiles):
        raise LostRaceError


def values_of(kind: str, profiles: Collection[int]) -> dict[int, list[str]]:
    """Profile → its values of one kind."""
    found: dict[int, list[str]] = {}
    if not profiles:
        return found
    rows = execute(
        "SELECT profile_id, value FROM profiles_identity WHERE kind = %s AND profile_id = ANY(%s)",
        [kind, list(profiles)],
    )
    for profile, value in rows:
        found.setdefault(profile, []).append(value)
    return found


def add_identities(kind: str, profiles: pa.Array, values: pa.Array) -> None:
    """One identity for each profile."""
    kinds = pa.repeat(str(kind), len(values))
    copy_in("profiles_identity", {"profile_id": profiles, "kind": kinds, "value": values})


def remove_identities(kind: str, values: Collection[str]) -> None:
    """They are nobody's from now on."""
    if values:
        execute("DELETE FROM profiles_identity WHERE kind = %s AND value = ANY(%s)", [kind, list(values)])
