"""What one member of staff may do that is not the business of a single team."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User


def may_see_personal_data(user: User | AnonymousUser) -> bool:
    """Whether this person may see who a customer is and what is known of them."""
    return user.is_active and user.is_superuser
