"""What requests and answers about consent and suppression hold."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from lib.rest.serializers import Strict
from profiles.models import EVERY_CHANNEL, Channel, Consent, ConsentChange, Suppression
from profiles.standing import Standing

CHANNELS = [(EVERY_CHANNEL, "every channel"), *Channel.choices]


class ConsentRequest(Strict):
    """What a person has said."""

    channels = serializers.DictField(
        child=serializers.ChoiceField(choices=Consent.State.choices),
        allow_empty=False,
        help_text=f"By channel ({', '.join(Channel.values)}): granted or denied.",
    )
    source = serializers.CharField(max_length=100, help_text="Where they said it.")  # type: ignore[assignment]


class SuppressionRequest(Strict):
    """Whom not to contact, by what, and why."""

    channel = serializers.ChoiceField(choices=CHANNELS, default=EVERY_CHANNEL)
    reason = serializers.CharField(max_length=1000)
    source = serializers.CharField(max_length=100, help_text="Where it comes from.")  # type: ignore[assignment]


class LiftQuery(Strict):
    """Why a suppression ends."""

    reason = serializers.CharField(max_length=1000)
    source = serializers.CharField(max_length=100)  # type: ignore[assignment]


class SuppressionDocument(serializers.Serializer[Suppression]):
    """One reason not to contact somebody."""

    channel = serializers.ChoiceField(choices=CHANNELS)
    reason = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    by = serializers.CharField(help_text="Who wrote it down.")
    at = serializers.DateTimeField()


class ConsentChangeDocument(serializers.Serializer[ConsentChange]):
    """One entry of the history."""

    channel = serializers.ChoiceField(choices=CHANNELS)
    what = serializers.ChoiceField(choices=ConsentChange.What.choices)
    reason = serializers.CharField(help_text="Of a suppression and of its end.")
    source = serializers.CharField()  # type: ignore[assignment]
    by = serializers.CharField()
    at = serializers.DateTimeField()


class ChannelDocument(serializers.Serializer[Any]):
    """How somebody stands with one channel."""

    state = serializers.ChoiceField(
        choices=Consent.State.choices, allow_null=True, help_text="Null: they have said nothing, which means no."
    )
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    at = serializers.DateTimeField(allow_null=True)
    suppressed = serializers.BooleanField()
    contactable = serializers.BooleanField(help_text="They have agreed, and nothing forbids it.")


class ConsentDocument(serializers.Serializer[Any]):
    """What somebody agrees to, and all that was ever written down about it."""

    channels = serializers.DictField(child=ChannelDocument())
    suppressions = SuppressionDocument(many=True)
    history = ConsentChangeDocument(many=True, help_text="The newest first; the last 1,000.")


def by_channel(found: Iterable[Standing]) -> dict[str, Any]:
    """Channel → its document, of all about which something was said or that are suppressed."""
    return {
        each.channel.value: {
            "state": each.consent.state if each.consent else None,
            "source": each.consent.source if each.consent else None,
            "at": each.consent.at if each.consent else None,
            "suppressed": each.suppressed,
            "contactable": each.contactable,
        }
        for each in found
        if each.consent or each.suppressed
    }
