"""``manage.py erase PROFILE``: erase one person everywhere."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import INSTALLATION
from profiles.api.erasures import ErasureDocument
from profiles.erasure.work import work
from profiles.models import Erasure
from profiles.search import identified_by
from profiles.services import erase

POLL_SECONDS = 1


class Command(BaseCommand):
    """Prints the receipt as JSON, as the API does."""

    help = "Erase one person everywhere, and print the receipt. What is erased can't be brought back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("profile", help="an external id, e-mail address or phone number")
        parser.add_argument(
            "--wait", action="store_true", help="until nothing is left here; older files of the lake take ten minutes"
        )

    def handle(self, *, profile: str, wait: bool, **_: Any) -> None:
        """Exit status 1 if nobody is called so."""
        person = identified_by(profile)
        if person is None:
            raise CommandError("Nobody has this external id, e-mail address or phone number.")
        erasure = erase(actor=INSTALLATION, profile=person)
        self.stderr.write("Nobody sees them any more. Workers remove what is left; --wait waits for that.")
        work()
        while wait and Erasure.objects.filter(pk=erasure.pk, state=Erasure.State.RUNNING).exists():
            time.sleep(POLL_SECONDS)
            work()
        erasure.refresh_from_db()
        self.stdout.write(json.dumps(ErasureDocument(erasure).data, ensure_ascii=False))
