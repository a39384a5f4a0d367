"""``erasures`` and ``erasures/{number}``: people who are erased, and the receipts."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import PageQuery, Strict, page_of, read_body, read_query
from profiles import selectors, services
from profiles.api import erasure_examples as examples
from profiles.api.people import named
from profiles.erasure.remains import remains_of
from profiles.models import Erasure, ErasureStep


class ErasureRequest(Strict):
    """Whom to erase; in the body, since addresses are written to logs."""

    profile = serializers.CharField(help_text="The external id. What is erased can't be brought back.")


class ErasuresQuery(PageQuery):
    """Which erasures."""

    state = serializers.ChoiceField(choices=Erasure.State.choices, required=False)


class StepDocument(serializers.Serializer[ErasureStep]):
    """One line of a receipt."""

    what = serializers.ChoiceField(choices=ErasureStep.What.choices)
    number = serializers.IntegerField()
    at = serializers.DateTimeField()


class RemainDocument(serializers.Serializer[Any]):
    """Something that is still there."""

    where = serializers.CharField()
    until = serializers.CharField(help_text="What takes it away, or who has to.")


class ErasureDocument(serializers.Serializer[Erasure]):
    """An erasure with its receipt; it does not say who it was."""

    number = serializers.IntegerField(source="pk")
    profile = serializers.IntegerField(help_text="Our number of the person, which nobody gets again.")
    state = serializers.ChoiceField(choices=Erasure.State.choices)
    by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    waits_for = serializers.CharField(source="failure", help_text="What stands in the way; empty: nothing.")
    dropped = serializers.IntegerField(help_text="Messages and rows about them that came later and were thrown away.")
    steps = StepDocument(many=True)
    remains = serializers.SerializerMethodField()

    @extend_schema(responses=RemainDocument(many=True))
    def get_remains(self, erasure: Erasure) -> list[dict[str, Any]]:
        """What is still there of them, in tools too."""
        return [{"where": remain.where, "until": remain.until} for remain in remains_of(erasure)]


class ErasuresView(RegistryView):
    actions: ClassVar = {"GET": Action.ERASE, "POST": Action.ERASE}

    @extend_schema(
        operation_id="erasures_list",
        parameters=[ErasuresQuery],
        responses=page_of(ErasureDocument),
        examples=examples.ERASURES,
    )
    def get(self, request: Request) -> Response:
        """List the erasures with their receipts, the newest first."""
        asked = read_query(request, ErasuresQuery)
        rows: QuerySet[Erasure] = selectors.erasures(actor=self.actor)
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        return self.page(rows, self._shown, ordering="-id")

    @extend_schema(
        operation_id="erase", request=ErasureRequest, responses={202: ErasureDocument}, examples=examples.NEW_ERASURE
    )
    def post(self, request: Request) -> Response:
        """Erase one person everywhere. From the answer on nobody sees them; workers remove what is left."""
        external_id = read_body(request, ErasureRequest)["profile"]
        try:
            profile = named(external_id)
        except Http404:
            raise serializers.ValidationError({"profile": "Nobody has this external id."}) from None
        erasure = services.erase(actor=self.actor, profile=profile)
        erasure.refresh_from_db()
        return Response(ErasureDocument(erasure).data, HTTPStatus.ACCEPTED)

    def _shown(self, rows: Any) -> list[Any]:
        return list(ErasureDocument(rows, many=True).data)


class ErasureView(RegistryView):
    actions: ClassVar = {"GET": Action.ERASE}

    @extend_schema(operation_id="erasure_read", responses=ErasureDocument, examples=examples.ERASURE)
    def get(self, request: Request, number: int) -> Response:
        """Read one receipt: what was erased where and when, and what is still outstanding."""
        read_query(request, Strict)
        erasure = get_object_or_404(selectors.erasures(actor=self.actor), pk=number)
        return Response(ErasureDocument(erasure).data)
