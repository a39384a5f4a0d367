"""What can be done with staff."""

import secrets

from django.db import transaction

from accounts.models import User


@transaction.atomic
def make_administrator(*, email: str) -> tuple[User, str | None]:
    """The administrator with this address, and the password made for a new account.

    An account that exists becomes an administrator's and keeps its password: then the second is None.
    """
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    if user is None:
        password = secrets.token_urlsafe(12)
        return User.objects.create_superuser(email, password), password
    user.is_active = user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_active", "is_staff", "is_superuser"])
    return user, None
