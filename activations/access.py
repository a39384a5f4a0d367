"""The part of the tools in what is held about one person."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F

from activations.models import Delivery
from profiles.models import Unit


def held(profile: int) -> Mapping[str, Iterable[Mapping[str, Any]]]:
    """`deliveries`: what was sent to which tool, under which key, and what it said."""
    rows = Delivery.objects.filter(member=profile, activation__segment__unit=Unit.PROFILE).order_by("pk")
    named = {"tool": F("activation__connection__name"), "by": F("activation__key")}
    return {"deliveries": rows.values("key", "state", "reason", "delivered_at", **named)}
