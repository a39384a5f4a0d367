"""The Delta log: opening a table, what a version names, and commits that only a checked handle can make."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Field, Schema, Transaction
from deltalake.exceptions import TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction
from django.conf import settings

from lib import clock
from profiles.lake.files import LakeFile, folder
from profiles.lake.layout import ARROW_TYPES, Column, Layout

BATCHES = "registry-batches"
"""The application whose transactions are the numbers of flushed batches (I2)."""

_CONFIGURATION = {"delta.logRetentionDuration": "interval 1 days"}


class LakeSchemaError(Exception):
    """A column of the lake has another type than the catalogue says."""


def newest(layout: Layout) -> DeltaTable | None:
    """A handle on the newest version, None for a table that was never written."""
    try:
        return DeltaTable(str(folder(layout.name)))
    except TableNotFoundError:
        return None


def open_latest(layout: Layout) -> DeltaTable:
    """A handle on the newest version, for writing; the table is made, or gets new columns, where that is needed."""
    handle = newest(layout) or _create(layout)
    missing = _missing_fields(layout, handle)
    if not missing:
        return handle
    handle.alter.add_columns(missing, commit_properties=CommitProperties(max_commit_retries=0))
    return DeltaTable(str(folder(layout.name)))


def commit(
    handle: DeltaTable,
    layout: Layout,
    *,
    add: Sequence[LakeFile] = (),
    remove: Sequence[str] = (),
    transaction: int | None = None,
) -> int:
    """Name files and forget others (paths), as the version right after the handle's; answers that version.

    Raises `CommitFailedError`, and changes nothing, if anything has been committed since the handle was opened:
    a writer that was paused can't add to what it has not seen.
    """
    moment = int(clock.now().timestamp() * 1000)
    handle.create_write_transaction(
        [*(_added(file, layout, moment) for file in add), *(_removed(path, moment) for path in remove)],
        mode="append",
        schema=handle.schema(),
        partition_by=[layout.partition],
        commit_properties=CommitProperties(
            max_commit_retries=0,
            app_transactions=None if transaction is None else [Transaction(BATCHES, transaction)],
        ),
    )
    return handle.version() + 1


def files(table: str, version: int) -> Mapping[str, str]:
    """The files that a version names: path below the table's folder → value of the partition."""
    return _files(settings.LAKE_URL, table, version)


def files_of(handle: DeltaTable) -> Mapping[str, str]:
    """The files that the handle's version names."""
    actions = pa.table(handle.get_add_actions())
    return dict(zip(actions.column("path").to_pylist(), _partitions(actions), strict=True))


def newest_additions(handle: DeltaTable) -> Mapping[str, int]:
    """Value of the partition → when the newest of its files was named, in milliseconds since 1970."""
    actions = pa.table(handle.get_add_actions())
    newest: dict[str, int] = {}
    for partition, moment in zip(_partitions(actions), actions.column("modification_time").to_pylist(), strict=True):
        newest[partition] = max(moment, newest.get(partition, 0))
    return newest


def _partitions(actions: pa.Table) -> list[str]:
    return [str(next(iter(partition.values()))) for partition in actions.column("partition").to_pylist()]


def layout_of(handle: DeltaTable, layout: Layout) -> Layout:
    """The layout with all columns that the table has: those too that the catalogue has dropped since."""
    schema = pa.schema(handle.schema().to_arrow())
    columns = tuple(Column(field.name, _kind_of(field.type)) for field in schema if field.name != layout.partition)
    return replace(layout, columns=columns)


def _kind_of(arrow_type: pa.DataType) -> str:
    """Compared and not looked up: lists are equal, but have another hash, where their items have another name."""
    return next(name for name, kind in ARROW_TYPES.items() if kind == arrow_type)


@lru_cache(maxsize=128)  # a version never changes
def _files(lake: str, table: str, version: int) -> Mapping[str, str]:  # noqa: ARG001  another lake, other files
    return MappingProxyType(dict(files_of(DeltaTable(str(folder(table)), version=version))))


def _create(layout: Layout) -> DeltaTable:
    path = str(folder(layout.name))
    partition = pa.int64() if layout.partition == "bucket" else pa.string()
    DeltaTable.create(
        path,
        schema=layout.arrow_schema().append(pa.field(layout.partition, partition)),
        mode="ignore",
        partition_by=[layout.partition],
        configuration=_CONFIGURATION | {"delta.dataSkippingStatsColumns": ",".join(layout.measured)},
    )
    return DeltaTable(path)


def _missing_fields(layout: Layout, handle: DeltaTable) -> list[Field]:
    known = {field.name: field for field in handle.schema().fields}
    wanted = Schema.from_arrow(layout.arrow_schema()).fields
    for field in wanted:
        if field.name in known and known[field.name].type != field.type:
            raise LakeSchemaError(
                f"The column {field.name} of {layout.name} is {known[field.name].type} in the lake and {field.type} in"
                " the catalogue. A type never changes: give the trait or property another column."
            )
    return [field for field in wanted if field.name not in known]


def _added(file: LakeFile, layout: Layout, milliseconds: int) -> AddAction:
    return AddAction(
        path=file.path,
        size=file.size,
        partition_values={layout.partition: file.partition},
        modification_time=milliseconds,
        data_change=True,
        stats=json.dumps(file.stats),
    )


def _removed(path: str, milliseconds: int) -> RemoveAction:
    return RemoveAction(path=path, data_change=True, deletion_timestamp=milliseconds)
