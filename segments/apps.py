from importlib import import_module

from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "segments"
    verbose_name = "Segments"

    def ready(self) -> None:
        """Whoever writes signals rings for the tasks of this app, also where nothing else has loaded them; segments
        tell what they use of the catalogue."""
        import_module("segments.tasks")
        import_module("profiles.uses").of_the_catalogue.append(import_module("segments.uses").tell)
