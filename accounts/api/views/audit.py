"""``audit``: who did what."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors
from accounts.api.base import RegistryView
from accounts.api.serializers import AuditDocument, AuditQuery
from accounts.filters import AuditFilter
from accounts.policy import Action
from lib.rest.serializers import page_of, read_query


class AuditView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(operation_id="audit_list", parameters=[AuditQuery], responses=page_of(AuditDocument))
    def get(self, request: Request) -> Response:
        """List what was done to the things of one's teams, the newest first; administrators see all.

        Who read personal data only administrators see.
        """
        asked = read_query(request, AuditQuery)
        entries = AuditFilter(asked, queryset=selectors.audit_entries(actor=self.actor))
        return self.page(entries.qs, _entries, ordering="-id")


def _entries(rows: Any) -> list[Any]:
    return list(AuditDocument(rows, many=True).data)
