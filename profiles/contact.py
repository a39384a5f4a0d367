"""Who may be contacted: asked by whoever sends, for many people at once, in their own transaction (I9).

A change of consent or suppression holds the profile's row FOR UPDATE. So a sender that first `hold`s the rows and then
asks reads what stays true until its commit; in READ COMMITTED, since the answer must see what `hold` has waited for.
"""

from collections.abc import Iterable

from profiles.ingest.database import execute
from profiles.models.consent import EVERY_CHANNEL, Channel, Consent

_HOLD = "SELECT id FROM profiles_profile WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
_SUPPRESSED = "SELECT profile_id FROM profiles_suppression WHERE profile_id = ANY(%s) AND channel = ANY(%s)"
_CONSENTING = "SELECT profile_id FROM profiles_consent WHERE profile_id = ANY(%s) AND channel = %s AND state = %s"


def hold(profiles: Iterable[int]) -> set[int]:
    """Keep these rows as they are until the end of the transaction; answers those that are still there.

    Who was erased or merged away is not among them.
    """
    return {pk for (pk,) in execute(_HOLD, [list(profiles)])}


def suppressed(profiles: Iterable[int], channel: Channel | None) -> set[int]:
    """Those whom nobody may contact by this channel; None for a tool of our own, which only "every channel" is for."""
    named = [EVERY_CHANNEL] if channel is None else [EVERY_CHANNEL, channel.value]
    return {pk for (pk,) in execute(_SUPPRESSED, [list(profiles), named])}


def consenting(profiles: Iterable[int], channel: Channel) -> set[int]:
    """Those who have agreed to this channel; whoever has said nothing has not."""
    return {pk for (pk,) in execute(_CONSENTING, [list(profiles), channel.value, Consent.State.GRANTED.value])}


def contactable(profiles: Iterable[int], channel: Channel | None) -> set[int]:
    """Those who may be contacted by this channel: consenting and not suppressed; for None: not suppressed."""
    asked = list(profiles)
    agreed = set(asked) if channel is None else consenting(asked, channel)
    return agreed - suppressed(agreed, channel)
