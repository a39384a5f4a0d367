"""``retention`` and ``retention/{table}``: how long events are kept, kind by kind."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import policy
from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import PageQuery, Strict, page_of, read_body, read_query
from profiles import services
from profiles.lake import retention
from profiles.models import EventType
from profiles.services.catalogue import MOST_DAYS


class RetentionRequest(Strict):
    """For how long."""

    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, allow_null=True, help_text="Null: for ever.")


class PreviewQuery(Strict):
    """For how long it might be."""

    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, required=False)


class RetentionDocument(serializers.Serializer[EventType]):
    """How long events of one kind are kept."""

    event = serializers.CharField(source="name")
    table = serializers.CharField()
    days = serializers.IntegerField(source="retention_days", allow_null=True, help_text="Null: for ever.")
    kept_from = serializers.DateTimeField(allow_null=True, help_text="Older ones are gone, or about to go.")


class RetentionPreview(RetentionDocument):
    """With what would go if they were kept for so many days."""

    would_go = serializers.IntegerField(allow_null=True, help_text="Null where no days were asked about.")


class RetentionsView(RegistryView):
    actions: ClassVar = {"GET": Action.ADMINISTER}

    @extend_schema(operation_id="retention_list", parameters=[PageQuery], responses=page_of(RetentionDocument))
    def get(self, request: Request) -> Response:
        """List all kinds of events with how long they are kept."""
        read_query(request, PageQuery)
        policy.require(self.actor, Action.ADMINISTER)
        return self.page(EventType.objects.all(), self._shown, ordering="table")

    def _shown(self, rows: Any) -> list[Any]:
        return list(RetentionDocument(rows, many=True).data)


class RetentionView(RegistryView):
    actions: ClassVar = {"GET": Action.ADMINISTER, "PUT": Action.ADMINISTER}

    @extend_schema(operation_id="retention_read", parameters=[PreviewQuery], responses=RetentionPreview)
    def get(self, request: Request, table: str) -> Response:
        """Read how long one kind is kept; with `days`, how many events would go if it were so many."""
        days = read_query(request, PreviewQuery).get("days")
        kind = get_object_or_404(EventType, table=table)
        kind.would_go = None if days is None else retention.would_go(kind, days)  # type: ignore[attr-defined]  # shown only
        return Response(RetentionPreview(kind).data)

    @extend_schema(operation_id="retention_set", request=RetentionRequest, responses=RetentionDocument)
    def put(self, request: Request, table: str) -> Response:
        """Keep events of one kind for so many days; older ones go within minutes and do not come back."""
        kind = get_object_or_404(EventType, table=table)
        services.keep_events(actor=self.actor, event_type=kind, days=read_body(request, RetentionRequest)["days"])
        return Response(RetentionDocument(kind).data)
