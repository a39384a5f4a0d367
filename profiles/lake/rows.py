"""Rows of Postgres as Arrow columns: what the lake does not hold yet.

Postgres writes CSV and Arrow reads it, which is about ten times faster than rows as Python objects.
"""

import json

import pyarrow as pa
import pyarrow.csv
from django.db import connection
from psycopg import sql

from profiles.lake.layout import ACCOUNTS, TRACKS, USERS, Column, Layout

_ISO = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_PRESENT = pa.field("present", pa.bool_())
_GENERATION = pa.field("generation", pa.int64())


def changed_rows(layout: Layout, columns: tuple[Column, ...], *, after: int = 0, limit: int | None = None) -> pa.Table:
    """The changed profiles or companies, as they are now: `columns`, whether the row is in the population at all
    (`present`), and the `generation` of its mark; those with an id above `after`, in the order of ids."""
    query = _CHANGED[layout.name].format(
        values=_values(layout, columns, "p.traits"),
        after=sql.Literal(after),
        limit=sql.SQL("ALL") if limit is None else sql.Literal(limit),
    )
    return _copy(query, columns, extra=(_PRESENT, _GENERATION))


def tail_rows(layout: Layout, columns: tuple[Column, ...], *, batch: int | None = None) -> pa.Table:
    """The events of one table that Postgres still holds: all of them, or those that a batch has claimed."""
    conditions: list[sql.Composable] = [sql.SQL("TRUE")]
    if layout.name != TRACKS:
        conditions.append(sql.SQL("e.name = {}").format(sql.Literal(layout.event)))
    if batch is not None:
        conditions.append(sql.SQL("t.batch = {}").format(sql.Literal(batch)))
    query = _TAIL.format(values=_values(layout, columns, "t.properties"), where=sql.SQL(" AND ").join(conditions))
    return _copy(query, columns)


_CHANGED = {
    USERS: sql.SQL(
        "SELECT {values}, coalesce(p.lasting, false), c.generation FROM profiles_changedprofile c"
        " LEFT JOIN profiles_profile p ON p.id = c.profile_id"
        " LEFT JOIN profiles_company o ON o.id = p.company_id AND o.known"
        " WHERE c.profile_id > {after} ORDER BY c.profile_id LIMIT {limit}"
    ),
    ACCOUNTS: sql.SQL(
        "SELECT {values}, coalesce(p.known, false), c.generation FROM profiles_changedcompany c"
        " LEFT JOIN profiles_company p ON p.id = c.company_id"
        " WHERE c.company_id > {after} ORDER BY c.company_id LIMIT {limit}"
    ),
}
_TAIL = sql.SQL(
    "SELECT {values} FROM profiles_tailevent t JOIN profiles_eventtype e ON e.id = t.event_type_id WHERE {where}"
)
_EVENT_VALUES = {
    "user_id": "t.profile_id",
    "account_id": "t.company_id",
    "event": "e.name",
    "timestamp": f"to_char(t.timestamp AT TIME ZONE 'UTC', '{_ISO}')",
    "message_id": "t.message_id",
}
_FIXED = {  # ids come from the mark: the row itself may be gone
    USERS: {"id": "c.profile_id", "company_id": "o.id"},
    ACCOUNTS: {"id": "c.company_id"},
}


def _values(layout: Layout, columns: tuple[Column, ...], document: str) -> sql.Composed:
    fixed = _FIXED.get(layout.name, _EVENT_VALUES)
    return sql.SQL(", ").join(
        sql.SQL(fixed[column.name])
        if column.key is None
        else sql.SQL(document + " ->> {}").format(sql.Literal(column.key))
        for column in columns
    )


def _copy(query: sql.Composed, columns: tuple[Column, ...], extra: tuple[pa.Field, ...] = ()) -> pa.Table:
    names = [*(column.name for column in columns), *(field.name for field in extra)]
    types = {column.name: _csv_type(column) for column in columns} | {field.name: field.type for field in extra}
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)) as copy:
        text = b"".join(copy)
    if not text:
        table = pa.schema(types.items()).empty_table()
    else:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(column_names=names),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t", "true"],
                false_values=["f", "false"],
                timestamp_parsers=[pyarrow.csv.ISO8601],
            ),
        )
    return _with_lists(table, columns)


def _csv_type(column: Column) -> pa.DataType:
    return pa.string() if column.type == "list" else column.arrow_type


def _with_lists(table: pa.Table, columns: tuple[Column, ...]) -> pa.Table:
    for index, column in enumerate(columns):
        if column.type == "list":
            texts = table.column(index).to_pylist()
            lists = pa.array([None if text is None else json.loads(text) for text in texts], column.arrow_type)
            table = table.set_column(index, column.name, lists)
    return table
