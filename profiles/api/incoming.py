"""``quarantine`` and ``merges``: what came in wrong, and who turned out to be whom."""

import json
from http import HTTPStatus
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import Nothing, PageQuery, Strict, page_of, read_body, read_query
from profiles import selectors, services
from profiles.api import examples
from profiles.disclosures import disclose
from profiles.models import Merge, QuarantinedEvent


class QuarantineQuery(PageQuery):
    """Which messages."""

    kind = serializers.CharField(required=False, help_text="The reason without its value, as an answer says it.")
    source = serializers.CharField(required=False, help_text="The key of a source.")  # type: ignore[assignment]


class MergesQuery(PageQuery):
    """Whose merges."""

    profile = serializers.CharField(required=False, help_text="Any identifier of the profile that stays.")


class Mended(Strict):
    """A message as it should have come."""

    document = serializers.DictField(help_text="The message; its `messageId` stays what it was.")


class QuarantineDocument(serializers.Serializer[QuarantinedEvent]):
    """A message that waits for somebody to mend or discard it."""

    id = serializers.IntegerField()
    source = serializers.CharField(source="source.key")  # type: ignore[assignment]
    reason = serializers.CharField()
    kind = serializers.CharField(help_text="The reason without its value: the same for all that are alike.")
    received_at = serializers.DateTimeField()
    document = serializers.SerializerMethodField(help_text="The message as it was sent.")

    def get_document(self, event: QuarantinedEvent) -> Any:
        """The message as it was sent, which may be no object."""
        return json.loads(event.document)


class MergeDocument(serializers.Serializer[Merge]):
    """A profile that turned out to be the same person as another."""

    gone = serializers.IntegerField(help_text="The number of the profile that is no more.")
    stays = serializers.IntegerField(help_text="The number of the profile that it is now.")
    by = serializers.CharField(help_text="The kind of identifier that both had, or `alias`.")
    value = serializers.CharField(help_text="That identifier.")
    source = serializers.CharField(  # type: ignore[assignment]
        source="source.key", allow_null=True, default=None
    )
    merged_at = serializers.DateTimeField()


class QuarantineView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL}

    @extend_schema(
        operation_id="quarantine_list",
        parameters=[QuarantineQuery],
        responses=page_of(QuarantineDocument),
        examples=examples.QUARANTINE,
    )
    def get(self, request: Request) -> Response:
        """List the messages that could not be taken, the newest first; written to the audit log."""
        asked = read_query(request, QuarantineQuery)
        names = {"kind": "kind", "source": "source__key"}
        wanted = {names[name]: value for name, value in asked.items() if name in names}
        return self.page(selectors.quarantined(actor=self.actor).filter(**wanted), self._shown, ordering="-id")

    def _shown(self, rows: Any) -> list[Any]:
        shown = list(QuarantineDocument(rows, many=True).data)
        disclose(actor=self.actor, what="quarantine", number=len(shown))
        return shown


class DiscardView(RegistryView):
    actions: ClassVar = {"DELETE": Action.ADMINISTER}

    @extend_schema(operation_id="quarantine_discard", responses={204: None})
    def delete(self, _request: Request, number: int) -> Response:
        """Throw a message away."""
        services.discard_event(actor=self.actor, event=get_object_or_404(QuarantinedEvent, pk=number))
        return Response(status=HTTPStatus.NO_CONTENT)


class ReplayView(RegistryView):
    actions: ClassVar = {"POST": Action.ADMINISTER}

    @extend_schema(operation_id="quarantine_replay", request=Mended, responses={200: Nothing})
    def post(self, request: Request, number: int) -> Response:
        """Take a message as it is mended, as if it had come so when it came."""
        event = get_object_or_404(QuarantinedEvent, pk=number)
        services.replay_event(actor=self.actor, event=event, document=read_body(request, Mended)["document"])
        return Response({})


class MergesView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL}

    @extend_schema(
        operation_id="merges_list", parameters=[MergesQuery], responses=page_of(MergeDocument), examples=examples.MERGES
    )
    def get(self, request: Request) -> Response:
        """List which profiles turned out to be one person, the newest first; written to the audit log."""
        asked = read_query(request, MergesQuery)
        found = selectors.merges(actor=self.actor, profile=asked.get("profile", ""))
        return self.page(found, self._shown, ordering="-id")

    def _shown(self, rows: Any) -> list[Any]:
        shown = list(MergeDocument(rows, many=True).data)
        disclose(actor=self.actor, what="merges", number=len(shown))
        return shown
