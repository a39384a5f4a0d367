"""``manage.py create_source KEY``: a source of the tracking API; prints its write key, once."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import INSTALLATION
from profiles.models import Source
from profiles.services import create_source, issue_write_key


class Command(BaseCommand):
    """Prints the write key alone on stdout, so that a script can take it from there."""

    help = "Make a source that sends through the tracking API, and print its write key, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="by which the registry knows the source")
        parser.add_argument("--name", help="for people; the key if not said")
        parser.add_argument(
            "--new-key", action="store_true", help="give a source that has a write key another; the earlier is void"
        )

    def handle(self, *, key: str, name: str | None, new_key: bool, **_: Any) -> None:
        source = Source.objects.filter(key=key).first()
        if source is not None and source.write_key_digest is not None and not new_key:
            raise CommandError(f"The source {key!r} has a write key; --new-key makes another and ends the earlier one.")
        if source is None:
            try:
                source = create_source(actor=INSTALLATION, key=key, name=name or key)
            except ValidationError as error:
                raise CommandError("; ".join(error.messages)) from error
        write_key = issue_write_key(actor=INSTALLATION, source=source)
        self.stderr.write("This is the write key; it is not shown again.")
        self.stdout.write(write_key)
