"""``manage.py sync KEY``: run one activation now and print its run."""

import json
import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import INSTALLATION
from activations import services
from activations.engine import runner
from activations.models import Activation, SyncRun
from activations.reports import describe

LOOK_EVERY = 0.2
"""Seconds between looks at a run that a worker has taken."""


class Command(BaseCommand):
    """Needs no worker; if one takes the run first, waits for it."""

    help = "Sync one activation now and print its run as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="The activation's key.")

    def handle(self, *_args: Any, **options: Any) -> None:
        run = self._requested(options["key"])
        while not runner.perform(run.pk) and self._under_way(run):
            time.sleep(LOOK_EVERY)
        run = SyncRun.objects.select_related("activation__segment", "segment_run").get(pk=run.pk)
        self.stdout.write(json.dumps(describe(run), indent=2, ensure_ascii=False))
        if run.state not in (SyncRun.State.SUCCEEDED, SyncRun.State.PARTIAL):
            raise CommandError(run.failure or run.note or f"The run is {run.get_state_display()}.")

    def _requested(self, key: str) -> SyncRun:
        activation = Activation.objects.filter(key=key).first()
        if activation is None:
            known = ", ".join(Activation.objects.order_by("key").values_list("key", flat=True)[:20])
            raise CommandError(f"There is no activation '{key}'. There are: {known or 'none yet'}.")
        try:
            return services.request_sync(actor=INSTALLATION, activation=activation)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def _under_way(self, run: SyncRun) -> bool:
        """Whether somebody else works on it, or is about to; not if it waits for its next attempt."""
        return SyncRun.objects.filter(pk=run.pk, state__in=SyncRun.WORKABLE, next_attempt_at=None).exists()
