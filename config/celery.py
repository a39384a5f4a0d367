"""The Celery application: ``celery -A config worker`` and ``celery -A config beat``."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# As root Celery warns of messages that could run code; ours are JSON with ids only (settings, CELERY_ACCEPT_CONTENT).
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def _schedule(sender: Celery, **_: Any) -> None:
    from config.schedules import collect

    sender.conf.beat_schedule = collect()


@worker_init.connect
@beat_init.connect
def _start(**_: Any) -> None:
    from config import health  # noqa: F401  (its signal handler tells /healthz that a worker lives)
    from config.boot import start_servers

    start_servers()
