from importlib import import_module

from django.apps import AppConfig


class ActivationsConfig(AppConfig):
    name = "activations"
    verbose_name = "Activations"

    def ready(self) -> None:
        """Whoever stores members rings for the tasks of this app, also where nothing else has loaded them."""
        import_module("activations.tasks")
