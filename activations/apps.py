from importlib import import_module

from django.apps import AppConfig

from profiles import followers


class ActivationsConfig(AppConfig):
    name = "activations"
    verbose_name = "Activations"

    def ready(self) -> None:
        """Whoever stores members rings for the tasks of this app, also where nothing else has loaded them; deliveries
        follow when profiles are merged, and when they may not be contacted any more; mappings tell which traits they
        send, and activations which segments they hold up."""
        import_module("activations.tasks")
        import_module("profiles.uses").of_the_catalogue.append(import_module("activations.uses").tell)
        import_module("segments.dependents").of_segments.append(import_module("activations.dependents").tell)
        followers.of_merges.append(import_module("activations.merges").move_deliveries)
        followers.of_consent.append(import_module("activations.withdrawals").follow_consent)
        erasing = import_module("activations.erasing")
        followers.of_erasures.append(erasing.forget)
        followers.of_remains.append(erasing.remains)
        followers.of_access.append(import_module("activations.access").held)
        followers.of_operations.append(import_module("activations.operations").told)
