"""``profiles/{id}/deliveries``: what was sent of one person, where and when, and why not."""

from typing import ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from activations.api import examples
from activations.api.serializers import WhereaboutsDocument
from activations.whereabouts import Whereabouts, whereabouts
from profiles.disclosures import disclose
from profiles.models import Identity, Unit


class ProfileDeliveriesView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL}

    @extend_schema(responses=WhereaboutsDocument(many=True), examples=examples.WHEREABOUTS)
    def get(self, _request: Request, external_id: str) -> Response:
        """Read what your teams' activations have sent of one person; and of those they should be in, why not."""
        identity = get_object_or_404(
            Identity.objects.select_related("profile"), kind=Identity.Kind.EXTERNAL_ID, value=external_id
        )
        disclose(actor=self.actor, what="deliveries", number=1, target=identity.profile)
        found = whereabouts(actor=self.actor, unit=Unit.PROFILE, member=identity.profile_id)
        return Response([_shown(one) for one in found])


def _shown(found: Whereabouts) -> dict[str, object]:
    activation = found.activation
    return {
        "activation": activation.key,
        "segment": activation.segment.key,
        "connection": activation.connection_id,
        "kind": activation.connection.kind,
        "why_not": found.why_not,
        "deliveries": [
            {
                "key": row.key,
                "state": row.state,
                "delivered_at": row.delivered_at.isoformat() if row.delivered_at else None,
                "reason": row.reason,
                "sync_run": row.run_id,
            }
            for row in found.deliveries
        ],
    }
