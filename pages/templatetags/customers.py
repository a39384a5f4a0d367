"""Filters for what is known of customers: what they are called, and values as people read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from profiles.models import Company, TraitType
from profiles.names import name_of

register = template.Library()


@register.filter
def called(customer: Any) -> str:
    """The name of a company or of a row of `profiles.selectors.profiles`; else the id or address it is known by."""
    if isinstance(customer, Company):
        return name_of(customer.traits) or customer.external_id
    known = name_of(customer.traits) or customer.external_id or customer.email or customer.phone
    return known or _("Profile %(id)d") % {"id": customer.pk}


@register.filter
def reads(value: Any, kind: str = "") -> str:
    """A value as people read it; `kind` is its type in the catalogue."""
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case int() | float():
            return str(intcomma(int(value) if float(value).is_integer() else value))
        case datetime():
            return _day_and_time(value)
        case str() if kind == TraitType.DATETIME:
            return _day_and_time(datetime.fromisoformat(value))
        case list():
            return ", ".join(map(str, value)) or _("empty list")
        case "":
            return _("empty text")
        case _:
            return str(value)


@register.filter
def label_of(labels: Mapping[str, str], key: str) -> str:
    """The label that people gave to something of the catalogue, else its key."""
    return labels.get(key) or key


def _day_and_time(moment: datetime) -> str:
    here = timezone.localtime(moment)
    return formats.date_format(here, "j M Y" if here.time().replace(tzinfo=None) == here.time().min else "j M Y, H:i")
