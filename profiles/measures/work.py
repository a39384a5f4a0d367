"""The worker's part: each table of the lake is counted every quarter of an hour, if anything of it has changed."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from lib import clock, leases
from lib.leases import LeaseLostError
from profiles.lake.layout import TRACKS, Layout, load_layouts
from profiles.lake.snapshot import open_snapshot
from profiles.measures import events, state, traits
from profiles.models import MeasuredTable

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
_WHOLE = "version"
"""Of a table of people or companies not months are noted, but its version."""


def due() -> QuerySet[MeasuredTable]:
    """The tables that were never counted, and those whose count is old, by the database's clock."""
    old = Q(measured_at=None) | Q(measured_at__lt=Now() - EVERY)
    return leases.free(MeasuredTable.objects.filter(old)).order_by(
        "fence", "name"
    )  # what fails again and again is last


def work() -> int:
    """Count the tables that are due, one after the other; answers how many."""
    _follow_the_catalogue()
    counted = 0
    while rows := leases.claim(due(), seconds=settings.LEASE_SECONDS):
        try:
            with leases.kept(rows, seconds=settings.LEASE_SECONDS):
                measure(rows[0])
            counted += 1
        except LeaseLostError as lost:
            logger.warning("%s, so it writes nothing more", lost)
    return counted


def measure(row: MeasuredTable) -> None:
    """Count one table, and store what was found if the row is still ours then."""
    layout = load_layouts().get(row.name)
    if layout is None:  # the catalogue lost it since
        row.delete()
    elif layout.event is None:
        _measure_traits(row, layout)
    else:
        _measure_events(row, layout)


def _measure_traits(row: MeasuredTable, layout: Layout) -> None:
    version = state.version_of(layout)
    if row.files == {_WHOLE: version} and _is_of_today(row) and not state.waits(layout):
        _done(row, row.files)
        return
    with open_snapshot({layout.name: traits.scan(layout)}) as snapshot:
        population, found = traits.count(snapshot, layout)
    with transaction.atomic():
        leases.hold(row)
        traits.keep(snapshot, layout, population, found)
        _done(row, {_WHOLE: version})


def _measure_events(row: MeasuredTable, layout: Layout) -> None:
    """The digests are read before the snapshot, so what comes in between is counted again next time."""
    files, waiting = state.digests(layout), state.waiting_months(layout)
    changed = {month for month in {*files, *row.files} if row.files.get(month) != files.get(month)} | waiting
    if not changed and _is_of_today(row):
        _done(row, files)
        return
    with open_snapshot({layout.name: events.scan(layout)}) as snapshot:
        counted = events.count(snapshot, layout, frozenset(changed))
    with transaction.atomic():
        leases.hold(row)
        events.keep(snapshot, layout, counted)
        _done(row, files)


def _is_of_today(row: MeasuredTable) -> bool:
    """Windows of days are counted anew each day, whether anything has come or not."""
    return row.measured_at is not None and row.measured_at.date() == clock.now().date()


def _done(row: MeasuredTable, files: Mapping[str, str]) -> None:
    done = {"measured_at": Now(), "files": files, "leased_until": None}
    MeasuredTable.objects.filter(pk=row.pk, fence=row.fence).update(**done)


def _follow_the_catalogue() -> None:
    names = set(load_layouts()) - {TRACKS}
    known = set(MeasuredTable.objects.values_list("name", flat=True))
    MeasuredTable.objects.bulk_create([MeasuredTable(name=name) for name in names - known], ignore_conflicts=True)
    MeasuredTable.objects.filter(name__in=known - names).delete()
