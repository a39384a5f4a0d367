from importlib import import_module

from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "segments"
    verbose_name = "Segments"

    def ready(self) -> None:
        """Whoever writes signals rings for the tasks of this app, also where nothing else has loaded them."""
        import_module("segments.tasks")
