"""Views of a few members: the events that are about some profiles or companies."""

import duckdb
import pyarrow as pa
from pyroaring import BitMap64

from lib import bitmaps

PROFILES, COMPANIES = "_only_profiles", "_only_companies"
"""Relations with the ids; no table of the layout begins with an underscore."""


def name_members(duck: duckdb.DuckDBPyConnection, profiles: BitMap64, companies: BitMap64) -> None:
    """Have the ids where `narrowed` looks for them."""
    for name, members in ((PROFILES, profiles), (COMPANIES, companies)):
        duck.register(name, pa.table({"member": bitmaps.to_arrow(members)}))


def narrowed(query: str, *, by_company: bool) -> str:
    """The events of a query over a table that are about the members.

    They are found by their person. With `by_company` also those of nobody or of others that name one of the companies:
    no file is sorted by company, so they cost a look at every row.
    """
    theirs = _among(query, "user_id", PROFILES)
    if not by_company:
        return theirs
    named = _among(query, "account_id", COMPANIES)
    others = f"SELECT * FROM ({named}) AS rows WHERE user_id IS NULL OR user_id NOT IN (FROM {PROFILES})"  # noqa: S608
    return f"{theirs} UNION ALL {others}"


def _among(query: str, column: str, members: str) -> str:
    return f"SELECT rows.* FROM ({query}) AS rows SEMI JOIN {members} ON rows.{column} = {members}.member"  # noqa: S608
