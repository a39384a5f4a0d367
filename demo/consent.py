"""What Harbourline's customers have agreed to, as its CRM lists it, and the one who must not be contacted."""

from collections.abc import Iterator
from itertools import islice
from zlib import crc32

from accounts.actors import Actor
from profiles.models import ConsentChange, Identity, Source
from profiles.services import record_consents, suppress

SHARES = {"email": (91, 5), "ads": (74, 9), "sms": (38, 6)}
"""Channel → of a hundred people those who agree, and those who do not; the rest has said nothing."""
AT_ONCE = 10_000


def agree(administrator: Actor) -> None:
    """Record it once."""
    if ConsentChange.objects.exists():
        return
    said = _said()
    while portion := list(islice(said, AT_ONCE)):
        record_consents(actor=administrator, source=Source.objects.get(key="crm"), said=portion)
    person = (
        Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID).select_related("profile").order_by("value")[7].profile
    )
    suppress(
        actor=administrator, profile=person, channel="all", source="support", reason="Asked by phone to be left alone."
    )


def _said() -> Iterator[tuple[int, str, str]]:
    """The same people say the same in every demo."""
    people = Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID).order_by("profile_id")
    for profile, name in people.values_list("profile_id", "value"):
        for channel, (granted, denied) in SHARES.items():
            drawn = crc32(f"{name} {channel}".encode()) % 100
            if drawn < granted + denied:
                yield profile, channel, "granted" if drawn < granted else "denied"
