"""Upkeep of the lake. Messages only say that it may be time; what is due is found in the database (I8)."""

from celery import shared_task

from profiles.lake import upkeep

TICKS = {
    "profiles.tasks.flush_lake": 2.0,
    "profiles.tasks.copy_changes": 5.0,
    "profiles.tasks.compact_lake": 60.0,
    "profiles.tasks.vacuum_lake": 300.0,
}


@shared_task
def flush_lake() -> None:
    """Events that wait in Postgres go to the lake, if they are many or have waited."""
    upkeep.flush_if_due()


@shared_task
def copy_changes() -> None:
    """Changed profiles and companies go to the lake, if they are many or have waited."""
    upkeep.copy_if_due()


@shared_task
def compact_lake() -> None:
    """Months with many small files get one."""
    upkeep.compact()


@shared_task
def vacuum_lake() -> None:
    """Files that nobody can name any more are deleted."""
    upkeep.clean()
