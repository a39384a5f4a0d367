"""Beat's schedule: every ``tasks`` module says itself how often its ticks want to run."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps


def collect() -> dict[str, dict[str, object]]:
    """Celery's ``beat_schedule`` from each app's ``TICKS``: task name → seconds.

    A tick that waited for longer than its interval is dropped: the next one finds the same work.
    """
    schedule: dict[str, dict[str, object]] = {}
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.tasks") is None:
            continue
        ticks: dict[str, float] = getattr(import_module(f"{config.name}.tasks"), "TICKS", {})
        for task, seconds in ticks.items():
            schedule[task] = {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 1)}}
    return schedule
