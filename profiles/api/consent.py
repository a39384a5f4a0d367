"""``profiles/{external_id}/consent`` and ``suppressions``: what somebody agrees to, and what forbids that."""

from http import HTTPStatus
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import Strict, read_body, read_query
from profiles import selectors, services
from profiles.api import consent_examples as examples
from profiles.api.consent_serializers import (
    ConsentDocument,
    ConsentRequest,
    LiftQuery,
    SuppressionRequest,
    by_channel,
)
from profiles.api.people import named
from profiles.disclosures import disclose
from profiles.models import Profile

MOST_HISTORY = 1000


class ConsentView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL, "POST": Action.RECORD_CONSENT}

    @extend_schema(operation_id="consent_read", responses=ConsentDocument, examples=examples.CONSENT)
    def get(self, request: Request, external_id: str) -> Response:
        """Read what somebody agrees to, who said so and when; written to the audit log."""
        read_query(request, Strict)
        profile = named(external_id)
        disclose(actor=self.actor, what="consent", number=1, target=profile)
        return Response(ConsentDocument(self._document(profile)).data)

    @extend_schema(operation_id="consent_record", request=ConsentRequest, responses={204: None}, examples=examples.SAID)
    def post(self, request: Request, external_id: str) -> Response:
        """Record what somebody has said, for one channel or several."""
        said = read_body(request, ConsentRequest)
        services.set_consent(
            actor=self.actor, profile=named(external_id), states=said["channels"], source=said["source"]
        )
        return Response(status=HTTPStatus.NO_CONTENT)

    def _document(self, profile: Profile) -> dict[str, Any]:
        return {
            "channels": by_channel(selectors.consent_of(actor=self.actor, profile=profile)),
            "suppressions": profile.suppressions.order_by("channel"),
            "history": selectors.consent_history(actor=self.actor, profile=profile)[:MOST_HISTORY],
        }


class SuppressionsView(RegistryView):
    actions: ClassVar = {"POST": Action.RECORD_CONSENT}

    @extend_schema(
        operation_id="suppress", request=SuppressionRequest, responses={204: None}, examples=examples.SUPPRESSED
    )
    def post(self, request: Request, external_id: str) -> Response:
        """Let nobody contact somebody by a channel, or by any, whatever they agree to."""
        services.suppress(actor=self.actor, profile=named(external_id), **read_body(request, SuppressionRequest))
        return Response(status=HTTPStatus.NO_CONTENT)


class SuppressionView(RegistryView):
    actions: ClassVar = {"DELETE": Action.RECORD_CONSENT}

    @extend_schema(operation_id="lift_suppression", parameters=[LiftQuery], responses={204: None})
    def delete(self, request: Request, external_id: str, channel: str) -> Response:
        """Let somebody be contacted again where they agree to it."""
        profile = named(external_id)
        said = read_query(request, LiftQuery)
        services.lift_suppression(actor=self.actor, profile=profile, channel=channel, **said)
        return Response(status=HTTPStatus.NO_CONTENT)
