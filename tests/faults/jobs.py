"""Work that a process of its own does on the installation, and at whose fail-points it is killed."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from accounts.actors import INSTALLATION
from accounts.models import Team
from activations import services
from activations.engine import runner
from activations.models import Activation
from profiles.changes import mark_profiles
from profiles.imports import services as imports
from profiles.imports.work import work as carry_out_imports
from profiles.ingest import event_import
from profiles.ingest.readers import delimited
from profiles.ingest.tracking import known, reading, store
from profiles.ingest.tracking.reading import Request
from profiles.lake import compaction, copies, flush, redirects, vacuum
from profiles.models import Profile
from segments.increments import work as increments
from segments.models import Segment
from segments.runs import queue
from segments.runs.work import work


def run_import(command: str, path: Path) -> None:
    """Import one file, a few rows at a time."""
    delimited.ROWS_PER_CHUNK, event_import.PORTION = 20, 20
    call_command(command, str(path), "--yes", "--rejects", str(path.with_suffix(".rejects")), stdout=StringIO())


def import_for_a_program(path: Path) -> None:
    """Send a file of people as a program does, and import it before a worker does."""
    team = Team.objects.earliest("pk")
    row = imports.create_import(actor=INSTALLATION, team=team, kind="profiles", given={"yes": True})
    with path.open("rb") as stream:
        imports.attach_file(actor=INSTALLATION, row=row, stream=stream, size=path.stat().st_size)
    carry_out_imports()


def take(request: Request) -> None:
    """Take a request of the tracking API as a web process does, whether new or sent once more."""
    store.store(request, reading.read(request, "batch", known.load()))


def rewrite_merged(requests: list[Request]) -> None:
    """Have an event of somebody in the lake who is then merged away, and their ids rewritten before a worker does."""
    first, merging = requests
    take(first)
    flush.flush_tail()
    take(merging)
    redirects.rewrite()


def take_after(requests: list[Request]) -> None:
    """Take the second request, which merges whom the first has made."""
    for request in requests:
        take(request)


def recompute() -> None:
    """Ask for all segments and compute them before a worker does."""
    queue.ask(list(Segment.objects.values_list("pk", flat=True)), "manual")
    work()


def take_signals() -> None:
    """Change everybody a little, and take the signals of it before a worker does, or wait for the next chance."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with transaction.atomic():
            mark_profiles(Profile.objects.values_list("pk", flat=True))
        increments.work()


def sync(people: Callable[[], object]) -> None:
    """Have people enter and leave, and sync all activations before a worker does: there is something to send."""
    people()
    recompute()
    for activation in Activation.objects.order_by("key"):
        runner.perform(services.request_sync(actor=INSTALLATION, activation=activation).pk)


def look_after_the_lake() -> None:
    """All of the upkeep, whether due or not."""
    flush.flush_tail()
    copies.copy_changes()
    compaction.compact(most_files=2)
    vacuum.CHECKPOINT_EVERY = 1
    vacuum.vacuum(age=timedelta(seconds=1))


def of(point: str, files: list[tuple[str, Path]], requests: list[Request]) -> Callable[[], object]:
    """The work that reaches a fail-point."""
    family = point.partition(".")[0]
    people, orders = (partial(run_import, *one) for one in files)
    if point == "import.written":
        return people
    if family == "imports":
        return partial(import_for_a_program, files[0][1])
    if family in ("import", "stage"):
        return orders
    if family in ("sync", "files"):
        return partial(sync, people)
    if family in ("tracking", "merge"):
        return partial(take_after, requests)
    if family == "redirect":
        return partial(rewrite_merged, requests)
    mine = {"runs": recompute, "snapshot": recompute, "signals": take_signals}
    return mine.get(family, look_after_the_lake)
