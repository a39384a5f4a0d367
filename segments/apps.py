from importlib import import_module

from django.apps import AppConfig

from profiles import followers


class SegmentsConfig(AppConfig):
    name = "segments"
    verbose_name = "Segments"

    def ready(self) -> None:
        """Whoever writes signals rings for the tasks of this app, also where nothing else has loaded them; segments
        tell what they use of the catalogue, and what they have of a person, and forget who was erased."""
        import_module("segments.tasks")
        import_module("profiles.uses").of_the_catalogue.append(import_module("segments.uses").tell)
        erasing = import_module("segments.erasing")
        followers.of_erasures.append(erasing.forget)
        followers.of_remains.append(erasing.remains)
        followers.of_access.append(import_module("segments.access").held)
        followers.of_operations.append(import_module("segments.operations").told)
