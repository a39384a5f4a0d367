"""How the installation is: the lake, what waits for it, its care, queues, and what the apps above add.

Numbers only, nothing of customers. One document, for the page and the API.
"""

import json
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import clock, signs
from profiles import followers
from profiles.ingest.database import execute
from profiles.lake.files import folder
from profiles.models import LakeTable, Upkeep

QUEUES = ("engine", "signals", "sync", "upkeep")
TICKED = ("sync", "upkeep")
"""The queues that a tick calls every few seconds: a sign that is old says that beat or their worker stands still."""

_WAITING = """
    SELECT (SELECT count(*) FROM profiles_tailevent), (SELECT count(*) FROM profiles_changedprofile),
           (SELECT count(*) FROM profiles_changedcompany), (SELECT count(*) FROM profiles_stagedfile),
           (SELECT count(*) FROM profiles_batch WHERE closed_at IS NULL), (SELECT count(*) FROM profiles_retiredfile),
           (SELECT count(*) FROM profiles_redirect), (SELECT count(*) FROM profiles_readerlease),
           (SELECT min(taken_at) FROM profiles_readerlease), (SELECT max(leased_until) FROM profiles_lakewriter),
           (SELECT jsonb_object_agg(state, number)::text FROM (SELECT state, count(*) AS number FROM profiles_erasure
             WHERE state IN ('running', 'waiting') GROUP BY state) AS erasures),
           (SELECT jsonb_object_agg(state, number)::text FROM (SELECT state, count(*) AS number FROM profiles_import
             WHERE state IN ('waiting', 'queued', 'running') GROUP BY state) AS imports)
"""
_NAMES = (
    "waiting_events", "changed_profiles", "changed_companies", "staged_files", "open_batches", "retired_files",
    "redirects", "readers", "oldest_reader", "written_until",
)  # fmt: skip


def state(*, actor: Actor) -> dict[str, Any]:
    """The document. Raises `PermissionDenied` for who is no administrator."""
    policy.require(actor, Action.ADMINISTER)
    found: dict[str, Any] = {
        "at": clock.now(),
        "upkeep": [_upkeep(row) for row in Upkeep.objects.order_by("kind")],
        "queues": dict(signs.waiting(QUEUES)),
        "signs": dict(signs.last(TICKED)),
        **_lake(),
    }
    for ask in followers.of_operations:
        found |= ask()
    return found


def _lake() -> dict[str, Any]:
    [[*numbers, erasures, imports]] = execute(_WAITING)
    tables = [_table(pointer) for pointer in LakeTable.objects.order_by("name")]
    lake = {
        "bytes": sum(table["bytes"] for table in tables),
        "files": sum(table["files"] for table in tables),
        **dict(zip(_NAMES, numbers, strict=True)),
        "tables": tables,
    }
    return {"lake": lake, "erasures": json.loads(erasures or "{}"), "imports": json.loads(imports or "{}")}


def _table(pointer: LakeTable) -> dict[str, Any]:
    actions = pa.table(DeltaTable(str(folder(pointer.name)), version=pointer.version).get_add_actions(flatten=True))
    return {
        "name": pointer.name,
        "version": pointer.version,
        "files": actions.num_rows,
        "bytes": sum(actions.column("size_bytes").to_pylist()),
        "rows": sum(number or 0 for number in actions.column("num_records").to_pylist()),
    }


def _upkeep(row: Upkeep) -> dict[str, Any]:
    names = ("kind", "finished_at", "milliseconds", "number", "failed_at", "failure")
    return {name: getattr(row, name) for name in names} | {"what": row.get_kind_display()}
