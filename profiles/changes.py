"""Says what has changed, in the transaction that changes it (I3), to the two who have to take it over.

The columnar copies find marks: a mark carries the id of the transaction that left it, so a copy that was made before a
later change does not clear the later mark. Memberships find signals (`profiles.signals`).
"""

from collections.abc import Collection, Iterable

from django.db import connection

from profiles import signals
from profiles.models import ChangedCompany, ChangedProfile, TailEvent, Unit

OVERLAY_ROWS = 20_000
"""At most so many rows per table may wait outside the lake: each evaluation reads them from Postgres."""

_THIS_TRANSACTION = "pg_current_xact_id()::text::bigint"
_NEWEST = "SET generation = excluded.generation"


def mark_profiles(ids: Iterable[int], traits: Collection[str] | None = None) -> None:
    """These profiles have been added, changed or deleted by the current transaction. Those that it stages are not to be
    marked: the lake has them (`batches.stage`).

    `traits` are the keys of all traits that differ, where nothing else does; None where anything may.
    """
    ids = sorted(set(ids))
    signals.note(Unit.PROFILE, ids, traits)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO profiles_changedprofile (profile_id, generation)"
            f" SELECT unnest(%s::bigint[]), {_THIS_TRANSACTION} ON CONFLICT (profile_id) DO UPDATE {_NEWEST}",
            [ids],
        )


def mark_companies(ids: Iterable[int], traits: Collection[str] | None = None) -> None:
    """These companies have been added, changed or deleted by the current transaction; `traits` as for profiles."""
    ids = sorted(set(ids))
    signals.note(Unit.COMPANY, ids, traits)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO profiles_changedcompany (company_id, generation)"
            f" SELECT unnest(%s::bigint[]), {_THIS_TRANSACTION} ON CONFLICT (company_id) DO UPDATE {_NEWEST}",
            [ids],
        )


def mark_people_of(company_ids: Collection[int]) -> None:
    """These companies have become known, or are known no more: so do their people belong to them or not."""
    signals.note(Unit.COMPANY, sorted(set(company_ids)), None)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO profiles_changedprofile (profile_id, generation)"  # noqa: S608  no value in the text
            f" SELECT id, {_THIS_TRANSACTION} FROM profiles_profile WHERE company_id = ANY(%s) ORDER BY id"
            f" ON CONFLICT (profile_id) DO UPDATE {_NEWEST}",
            [sorted(set(company_ids))],
        )


def overlay_full(coming: int = 0) -> bool:
    """Whether the overlay of some table would pass its bound with `coming` more rows: then copy and flush first."""
    room = max(OVERLAY_ROWS - coming, 0)
    return any(
        model._default_manager.order_by()[room : room + 1].exists()
        for model in (ChangedProfile, ChangedCompany, TailEvent)
    )
