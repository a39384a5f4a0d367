"""How one person stands with each channel: what they said last, and what forbids to contact them."""

from collections.abc import Iterable
from dataclasses import dataclass

from profiles.models import EVERY_CHANNEL, Channel, Consent, Suppression


@dataclass(frozen=True, slots=True)
class Standing:
    """One channel of one person. `suppressions` are those that it falls under."""

    channel: Channel
    consent: Consent | None
    suppressions: tuple[Suppression, ...]

    @property
    def suppressed(self) -> bool:
        """Whether nobody may contact them by this channel, whatever they agreed to."""
        return bool(self.suppressions)

    @property
    def contactable(self) -> bool:
        """Whether they have agreed and nothing forbids it."""
        agreed = self.consent is not None and self.consent.state == Consent.State.GRANTED
        return agreed and not self.suppressions


def standings(consents: Iterable[Consent], suppressions: Iterable[Suppression]) -> list[Standing]:
    """All channels, in the order in which they are declared."""
    said = {row.channel: row for row in consents}
    forbidden = list(suppressions)
    return [
        Standing(
            channel,
            said.get(channel.value),
            tuple(row for row in forbidden if row.channel in (EVERY_CHANNEL, channel.value)),
        )
        for channel in Channel
    ]
