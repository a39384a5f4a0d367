"""``profiles/{external_id}/export``: everything that is held about one person."""

from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import Strict, read_query
from profiles import access
from profiles.api.people import named


class AccessView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL}

    @extend_schema(operation_id="profile_export", responses={(200, "application/json"): dict[str, Any]})
    def get(self, request: Request, external_id: str) -> StreamingHttpResponse:
        """Read everything that is held about one person: an object of lists; written to the audit log.

        Among them `profile`, `identifiers`, `consent`, `consent_history`, `events`, `memberships`, `deliveries`,
        `merges`. It is sent while it is read.
        """
        read_query(request, Strict)
        profile = named(external_id)
        return as_file(profile.pk, access.export(actor=self.actor, profile=profile))


def as_file(number: int, pieces: Any) -> StreamingHttpResponse:
    """The document to save; its name does not say whose it is."""
    headers = {"Content-Disposition": f'attachment; filename="profile-{number}.json"'}
    return StreamingHttpResponse(pieces, content_type="application/json", headers=headers)
