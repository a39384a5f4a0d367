"""Rows of Postgres as Arrow columns: what the lake does not hold yet.

Postgres writes lines of CSV, hundreds of them in one value, and Arrow reads them; Python never sees a single row.
"""

import json
import sys
from array import array
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.csv
from django.db import connection
from psycopg import sql
from pyroaring import BitMap64

from profiles.lake.layout import ACCOUNTS, TRACKS, USERS, Column, Layout

_ISO = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_LINES = 500
PRESENT = Column("present", "boolean")
GENERATION = Column("generation", "id")
VERSION = Column("version", "id")


def changed_rows(
    layout: Layout,
    columns: tuple[Column, ...],
    *,
    after: int = 0,
    limit: int | None = None,
    unseen_by: str | None = None,
) -> pa.Table:
    """The changed profiles or companies, as they are now: `columns`, whether the row is in the population at all
    (`present`), and the `generation` of its mark; those with an id above `after`, in the order of ids.

    `unseen_by` is what ``pg_current_snapshot()`` said at some time: then only those marked by a transaction that was
    not seen then.
    """
    told = (*columns, PRESENT, GENERATION)
    query = _CHANGED[layout.name].format(
        line=_line(layout, told, "p.traits"),
        after=sql.Literal(after),
        limit=sql.SQL("ALL") if limit is None else sql.Literal(limit),
        unseen=_unseen(unseen_by),
    )
    return _fetch(query, told)


def member_rows(layout: Layout, columns: tuple[Column, ...], ids: BitMap64) -> pa.Table:
    """Those of some profiles or companies that are in the population, as they are now."""
    wanted = sql.Literal("{" + ",".join(map(str, ids)) + "}")
    return _fetch(_MEMBERS[layout.name].format(line=_line(layout, columns, "p.traits"), ids=wanted), columns)


def tail_rows(
    layout: Layout,
    columns: tuple[Column, ...],
    *,
    batch: int | None = None,
    versions: Sequence[int] | None = None,
) -> pa.Table:
    """The events of one table that Postgres still holds: all of them, those that a batch has claimed, or those of
    some `versions`."""
    where = [_of_event(layout)]
    if batch is not None:
        where.append(sql.SQL("t.batch = {}").format(sql.Literal(batch)))
    if versions is not None:
        wanted = sql.Literal("{" + ",".join(map(str, versions)) + "}")
        where.append(sql.SQL(f"{_VERSION} = ANY({{}}::bigint[])").format(wanted))
    query = _TAIL.format(line=_line(layout, columns, "t.properties"), where=sql.SQL(" AND ").join(where))
    return _fetch(query, columns)


def tail_versions(layout: Layout) -> pa.Array:
    """The `version` of each event of one table that Postgres still holds: of its row, with all that is in it."""
    query = sql.SQL(f"SELECT string_agg(int8send({_VERSION}), '') FROM profiles_tailevent t WHERE {{}}")  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query.format(_of_event(layout)))
        row = cursor.fetchone()
    versions = array("q", (row and row[0]) or b"")
    if sys.byteorder == "little":
        versions.byteswap()
    return pa.Array.from_buffers(pa.int64(), len(versions), [None, pa.py_buffer(versions)])


def _unseen(state: str | None) -> sql.Composable:
    """That a mark's transaction was not seen by a state; one before the first that ran then was, which costs less to
    ask."""
    if state is None:
        return sql.SQL("")
    first = sql.Literal(int(state.partition(":")[0]))
    return sql.SQL(
        " AND c.generation >= {} AND NOT pg_visible_in_snapshot(c.generation::text::xid8, {}::pg_snapshot)"
    ).format(first, sql.Literal(state))


def _of_event(layout: Layout) -> sql.Composable:
    if layout.name == TRACKS:
        return sql.SQL("TRUE")
    return sql.SQL("t.event_type_id = (SELECT id FROM profiles_eventtype WHERE name = {})").format(
        sql.Literal(layout.event)
    )


_CHANGED = {
    USERS: sql.SQL(
        "SELECT {line} AS line, row_number() OVER (ORDER BY c.profile_id) AS position FROM profiles_changedprofile c"
        " LEFT JOIN profiles_profile p ON p.id = c.profile_id"
        " LEFT JOIN profiles_company o ON o.id = p.company_id AND o.known"
        " WHERE c.profile_id > {after}{unseen} ORDER BY c.profile_id LIMIT {limit}"
    ),
    ACCOUNTS: sql.SQL(
        "SELECT {line} AS line, row_number() OVER (ORDER BY c.company_id) AS position FROM profiles_changedcompany c"
        " LEFT JOIN profiles_company p ON p.id = c.company_id"
        " WHERE c.company_id > {after}{unseen} ORDER BY c.company_id LIMIT {limit}"
    ),
}
_MEMBERS = {
    USERS: sql.SQL(
        "SELECT {line} AS line, row_number() OVER () AS position"
        " FROM unnest({ids}::bigint[]) AS c(profile_id) JOIN profiles_profile p ON p.id = c.profile_id AND p.lasting"
        " LEFT JOIN profiles_company o ON o.id = p.company_id AND o.known"
    ),
    ACCOUNTS: sql.SQL(
        "SELECT {line} AS line, row_number() OVER () AS position"
        " FROM unnest({ids}::bigint[]) AS c(company_id) JOIN profiles_company p ON p.id = c.company_id AND p.known"
    ),
}
_TAIL = sql.SQL(
    "SELECT {line} AS line, row_number() OVER () AS position"
    " FROM profiles_tailevent t JOIN profiles_eventtype e ON e.id = t.event_type_id WHERE {where}"
)
_VERSION = "((t.id << 32) | t.xmin::text::bigint)"
"""The row, and the transaction that wrote it as it is."""
_EVENT_VALUES = {
    "version": _VERSION,
    "user_id": "t.profile_id",
    "account_id": "t.company_id",
    "event": "e.name",
    "timestamp": f"to_char(t.timestamp AT TIME ZONE 'UTC', '{_ISO}')",
    "message_id": "t.message_id",
}
_FIXED = {  # ids come from the mark: the row itself may be gone
    USERS: {
        "id": "c.profile_id",
        "company_id": "o.id",
        "present": "coalesce(p.lasting, false)",
        "generation": "c.generation",
    },
    ACCOUNTS: {"id": "c.company_id", "present": "coalesce(p.known, false)", "generation": "c.generation"},
}


def _line(layout: Layout, columns: tuple[Column, ...], document: str) -> sql.Composed:
    """One row as a line of CSV: a missing value is empty, and a text is quoted, so that an empty one differs."""
    fixed = _FIXED.get(layout.name, _EVENT_VALUES)
    values = (
        sql.SQL(fixed[column.name])
        if column.key is None
        else sql.SQL(document + " ->> {}").format(sql.Literal(column.key))
        for column in columns
    )
    return sql.SQL(" || ',' || ").join(
        sql.SQL(_QUOTED if column.type in ("text", "list") else _PLAIN).format(value)
        for column, value in zip(columns, values, strict=True)
    )


_QUOTED = """coalesce('"' || replace({}, '"', '""') || '"', '')"""
_PLAIN = "coalesce(({})::text, '')"
_PACKED = sql.SQL(
    "SELECT string_agg(line, E'\\n' ORDER BY position) FROM ({}) AS lines"
    " GROUP BY (position - 1) / {} ORDER BY (position - 1) / {}"
)


def _fetch(query: sql.Composed, columns: tuple[Column, ...]) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(_PACKED.format(query, sql.Literal(_LINES), sql.Literal(_LINES)))
        text = "".join(row[0] + "\n" for row in cursor.fetchall()).encode()
    types = {column.name: pa.string() if column.type == "list" else column.arrow_type for column in columns}
    if not text:
        return _with_lists(pa.schema(types.items()).empty_table(), columns)
    table = pyarrow.csv.read_csv(
        pa.BufferReader(text),
        read_options=pyarrow.csv.ReadOptions(
            column_names=list(types),
            block_size=len(text) + 1,  # a line may be as long as it likes
        ),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            timestamp_parsers=[pyarrow.csv.ISO8601],
        ),
    )
    return _with_lists(table, columns)


def _with_lists(table: pa.Table, columns: tuple[Column, ...]) -> pa.Table:
    for index, column in enumerate(columns):
        if column.type == "list":
            texts = table.column(index).to_pylist()
            lists = pa.array([None if text is None else json.loads(text) for text in texts], column.arrow_type)
            table = table.set_column(index, column.name, lists)
    return table
