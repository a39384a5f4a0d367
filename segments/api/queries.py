"""The query of the list of segments: the filters of the page, an order, and pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Coalesce
from rest_framework import serializers
from rest_framework.request import Request

from lib.rest.serializers import PageQuery, read_query
from profiles.models import Unit
from segments.filters import SegmentFilter
from segments.health import Health
from segments.models import Segment

ORDERINGS = {"key": "key", "name": "name", "created_at": "created_at", "members": "size"}
"""By the name in the address: the column, which has no nulls, since pages begin behind a value."""


class SegmentListQuery(PageQuery):
    """Several values of one filter, given by repeating its name, mean any of them."""

    q = serializers.CharField(required=False, help_text="Every word is in name, key, decision or sentence.")
    team = serializers.CharField(required=False, help_text="A team's key; may be repeated.")
    owner = serializers.EmailField(required=False, help_text="An owner's e-mail address; may be repeated.")
    unit = serializers.ChoiceField(required=False, choices=Unit.choices, help_text="May be repeated.")
    state = serializers.ChoiceField(required=False, choices=Segment.State.choices, help_text="May be repeated.")
    health = serializers.ChoiceField(required=False, choices=Health.choices, help_text="May be repeated.")
    ordering = serializers.ChoiceField(
        required=False,
        default="key",
        choices=[f"{sign}{name}" for name in ORDERINGS for sign in ("", "-")],
        help_text="A minus turns it round.",
    )


def filtered(request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of `segments.health.with_health` that the query lets through. Raises `ValidationError`."""
    filters = SegmentFilter(request.query_params, queryset=rows, request=request)
    if not filters.is_valid():
        raise ValidationError(dict(filters.form.errors.as_data()))
    found: QuerySet[Any] = filters.qs
    sized: QuerySet[Any] = found.annotate(size=Coalesce("good_members", Value(-1), output_field=BigIntegerField()))
    return sized


def ordering_of(request: Request) -> tuple[str, ...]:
    """What the query orders by. Raises `ValidationError` for this and for names that have no meaning."""
    asked = read_query(request, SegmentListQuery)["ordering"]
    sign, name = ("-", asked[1:]) if asked.startswith("-") else ("", asked)
    return (f"{sign}{ORDERINGS[name]}", f"{sign}id")
