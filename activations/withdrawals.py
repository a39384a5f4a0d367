"""What becomes of deliveries when people may not be contacted any more (I9)."""

from collections.abc import Collection

from activations import tasks
from activations.engine import ledger
from activations.models import Activation
from lib import doorbells
from profiles import contact
from profiles.models import Channel, Unit


def follow_consent(profiles: Collection[int]) -> None:
    """Revoke what tools have, or are being sent, of those of `profiles` whom they may not reach now.

    Called in the transaction of the change, which holds the people. Who may be reached again is sent by the next sync.
    """
    revoked = 0
    instructed = Activation.objects.filter(segment__unit=Unit.PROFILE)
    for channel in set(instructed.order_by().values_list("channel", flat=True)):
        allowed = contact.contactable(profiles, Channel(channel) if channel else None)
        revoked += ledger.revoke(instructed.filter(channel=channel), set(profiles) - allowed)
    if revoked:
        doorbells.ring(tasks.follow_withdrawals)
