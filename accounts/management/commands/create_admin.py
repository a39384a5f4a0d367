"""``manage.py create_admin EMAIL``: an administrator of the whole installation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.actors import INSTALLATION
from accounts.services import make_administrator


class Command(BaseCommand):
    """Makes an account and prints its password once; an account that exists becomes an administrator's."""

    help = "Make an administrator; prints the password of a new account, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **_: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is no e-mail address.") from None
        user, password = make_administrator(actor=INSTALLATION, email=email)
        if password is None:
            self.stderr.write(f"{user.email} had an account; it is an administrator's now and keeps its password.")
            return
        self.stderr.write("Change it after the first sign-in; it is not shown again.")
        self.stdout.write(password)
