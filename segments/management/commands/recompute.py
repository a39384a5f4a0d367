"""``manage.py recompute``: ask for runs, and work on them where nobody else does."""

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import OperationalError

from accounts.actors import INSTALLATION
from segments import services
from segments.management.inputs import usage_error
from segments.models import Run, Segment
from segments.rules.instants import format_instant
from segments.rules.nodes import At
from segments.runs.due import OPEN, live_segments
from segments.runs.work import work

POLL_SECONDS = 0.2


class Command(BaseCommand):
    help = (
        "Ask for the members of a segment, or of all live ones, to be computed. With --wait, or when no worker is up, "
        "the command computes them itself and waits for what others compute. Prints the runs as JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A key, or all."""
        wanted = parser.add_mutually_exclusive_group(required=True)
        wanted.add_argument("key", nargs="?", metavar="KEY", help="a segment")
        wanted.add_argument("--all", action="store_true", help="all live segments")
        parser.add_argument("--wait", action="store_true", help="answer when the members are stored")

    def handle(self, *_: Any, **options: Any) -> None:
        """Exit status 1 if a run failed, 2 for a segment that is not there."""
        segments = _segments(options["key"])
        for segment in segments:
            _ask(segment)
        if options["wait"] or not _worker_is_up():
            _work_until_done(segments)
        answers = [_shown(segment) for segment in segments]
        self.stdout.write(json.dumps(answers if options["all"] else answers[0], ensure_ascii=False))
        if any("failure" in answer for answer in answers):
            sys.exit(1)


def _segments(key: str | None) -> list[Segment]:
    """The segment of a key, or all that are live."""
    if key is None:
        return list(live_segments())
    segment = Segment.objects.filter(key=key).first()
    if segment is None:
        raise usage_error(f"There is no segment '{key}'.")
    return [segment]


def _ask(segment: Segment) -> None:
    try:
        services.request_recompute(segment=segment, actor=INSTALLATION)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


def _worker_is_up() -> bool:
    """Whether a worker listens to the engine's queue. Without an answer from the broker there is none to count on."""
    try:
        queues = current_app.control.inspect(timeout=1.0).active_queues() or {}
    except OperationalError:
        return False
    return any(queue["name"] == "engine" for listening in queues.values() for queue in listening)


def _work_until_done(segments: list[Segment]) -> None:
    """Compute what waits; for what another worker computes, or asks us to wait for, look again."""
    pending = Run.objects.filter(segment__in=segments, state__in=OPEN, failure_code="")
    while work() or pending.exists():
        time.sleep(POLL_SECONDS)


def _shown(segment: Segment) -> dict[str, Any]:
    run = Run.objects.select_related("version").filter(segment=segment).order_by("-id")[0]
    shown = {"segment": segment.key, "run": run.pk, "version": run.version.number, "state": run.state}
    if run.failure_code:
        return shown | {"failure_code": run.failure_code, "failure": run.failure}
    if run.state != Run.State.SUCCEEDED or run.as_of is None:
        return shown
    counts = {"members": run.members, "entered": run.entered, "left": run.left}
    times = {"evaluate_ms": run.evaluate_ms, "store_ms": run.store_ms}
    return shown | {"as_of": format_instant(At(run.as_of))} | counts | times
