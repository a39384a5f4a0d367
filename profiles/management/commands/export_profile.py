"""``manage.py export_profile PROFILE``: everything that is held about one person."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import INSTALLATION
from profiles.access import export
from profiles.search import identified_by


class Command(BaseCommand):
    """Prints one JSON document, as the API does."""

    help = "Print everything that is held about one person, as one JSON document."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("profile", help="an external id, e-mail address or phone number")

    def handle(self, *, profile: str, **_: Any) -> None:
        """Exit status 1 if nobody is called so."""
        person = identified_by(profile)
        if person is None:
            raise CommandError("Nobody has this external id, e-mail address or phone number.")
        for piece in export(actor=INSTALLATION, profile=person):
            self.stdout.write(piece, ending="")
