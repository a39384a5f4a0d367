"""Upkeep of the lake, and imports. Messages only say that it may be time; what is due is found in the database (I8)."""

from celery import shared_task
from django.conf import settings

from lib import doorbells, signs
from profiles.erasure import queue as erasures
from profiles.erasure import work as erasing
from profiles.imports import queue, work
from profiles.lake import upkeep
from profiles.measures import work as measures

TICKS = {
    "profiles.tasks.flush_lake": 2.0,
    "profiles.tasks.copy_changes": 5.0,
    "profiles.tasks.compact_lake": 60.0,
    "profiles.tasks.vacuum_lake": 300.0,
    "profiles.tasks.measure_data": 30.0,
    "profiles.tasks.expire_events": 600.0,
    "profiles.tasks.look_for_imports": settings.TICK.total_seconds(),
    "profiles.tasks.clear_imports_away": 3600.0,
    "profiles.tasks.look_for_erasures": settings.TICK.total_seconds(),
}


LONGEST_IMPORT = 12 * 3600
"""Seconds; an import begins anew when its worker ends, so it must get to its end in one go."""


@shared_task
def flush_lake() -> None:
    """Events that wait in Postgres go to the lake, if they are many or have waited."""
    signs.give("upkeep")
    upkeep.flush_if_due()


@shared_task
def copy_changes() -> None:
    """Changed profiles and companies go to the lake, if they are many or have waited."""
    upkeep.copy_if_due()


@shared_task
def compact_lake() -> None:
    """Months with many small files get one."""
    upkeep.compact()


@shared_task(soft_time_limit=LONGEST_IMPORT, time_limit=LONGEST_IMPORT + 60)
def expire_events() -> None:
    """Events that are older than their kind is kept go."""
    upkeep.expire()


@shared_task
def vacuum_lake() -> None:
    """Files that nobody can name any more are deleted."""
    upkeep.clean()


@shared_task
def measure_data() -> None:
    """Traits, events and properties are counted for the data map, where that was long ago."""
    measures.work()


@shared_task(soft_time_limit=LONGEST_IMPORT, time_limit=LONGEST_IMPORT + 60)
def import_waiting() -> None:
    """Carry out the imports that programs have asked for."""
    work.work()


@shared_task
def look_for_imports() -> None:
    """Close what is lost, and ring if there is an import to work on."""
    queue.close_lost()
    if queue.workable().exists():
        doorbells.ring(import_waiting)


@shared_task
def clear_imports_away() -> None:
    """Files that nobody needs any more are deleted."""
    queue.clear_away()


@shared_task(soft_time_limit=LONGEST_IMPORT, time_limit=LONGEST_IMPORT + 60)
def erase_waiting() -> None:
    """Remove what is left of people who were erased."""
    erasures.ASKED.answered()
    erasing.work()


@shared_task
def look_for_erasures() -> None:
    """Ring if there is something to do for an erasure."""
    if erasures.workable().exists():
        doorbells.ring(erase_waiting)


erasures.ASKED.wakes(erase_waiting)
