"""``manage.py create_token EMAIL --scopes ...``: a token of the API, printed once."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import INSTALLATION
from accounts.models import Scope, User
from accounts.services import create_token
from accounts.services.tokens import MOST_DAYS, USUAL_DAYS
from lib import clock


class Command(BaseCommand):
    """Prints the token alone on stdout, so that a script can take it from there."""

    help = "Make a token with which a program acts as a member of staff; prints it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="as whom the program acts")
        parser.add_argument(
            "--scopes", required=True, help=f"what it may be used for, separated by commas: {', '.join(Scope.values)}"
        )
        parser.add_argument("--name", default="made by create_token", help="what uses it")
        parser.add_argument(
            "--days", type=int, default=USUAL_DAYS, help=f"after which it ends, 1 to {MOST_DAYS - 1} ({USUAL_DAYS})"
        )

    def handle(self, *, email: str, scopes: str, name: str, days: int, **_: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody has an account with the address {email!r}.")
        if not 1 <= days < MOST_DAYS:
            raise CommandError(f"--days is {days}: a token ends within 1 to {MOST_DAYS - 1} days.")
        try:
            token, secret = create_token(
                actor=INSTALLATION,
                user=user,
                name=name,
                scopes=[scope.strip() for scope in scopes.split(",") if scope.strip()],
                expires_at=clock.now() + timedelta(days=days),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        until = f"{token.expires_at:%Y-%m-%d}"
        self.stderr.write(f"{token.prefix} acts as {user.email} until {until}. Keep it; it is not shown again.")
        self.stdout.write(secret)
