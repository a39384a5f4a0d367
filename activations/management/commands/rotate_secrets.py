"""``manage.py rotate_secrets``: encrypt the secrets of all connections with the newest key."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import INSTALLATION
from activations import services
from lib.crypto import CryptoError


class Command(BaseCommand):
    """May be cut short and run again; changes nothing where nothing is to do."""

    help = "Encrypt the secrets of all connections with the first of REGISTRY_SECRET_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            self.stdout.write(json.dumps(services.rotate_secrets(actor=INSTALLATION)))
        except CryptoError as error:
            raise CommandError(str(error)) from error
