"""What people see of imports."""

from django.db.models import QuerySet

from accounts import policy
from accounts.actors import Actor
from profiles.models import Import


def imports(*, actor: Actor) -> QuerySet[Import]:
    """The imports of the actor's teams, the newest first."""
    return policy.scoped(actor, Import.objects.select_related("team", "actor"))
