"""``catalogue``, ``companies`` and ``companies/{external_id}``."""

from typing import Any, ClassVar

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import PageQuery, Strict, page_of, read_query
from profiles import selectors
from profiles.api import examples
from profiles.api.serializers import CatalogueDocument, CompanyDocument
from profiles.disclosures import disclose
from profiles.models import EventProperty, EventType, Source, TraitDefinition, Unit


class CatalogueView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(responses=CatalogueDocument, examples=examples.CATALOGUE)
    def get(self, request: Request) -> Response:
        """Read the traits, events and properties that rules may name, and the sources that they come from."""
        read_query(request, Strict)
        traits = TraitDefinition.objects.select_related("source").order_by("key")
        properties = Prefetch("properties", EventProperty.objects.order_by("key"), to_attr="listed")
        document = {
            "profile_traits": traits.filter(unit=Unit.PROFILE),
            "company_traits": traits.filter(unit=Unit.COMPANY),
            "events": EventType.objects.select_related("source").prefetch_related(properties),
            "sources": Source.objects.order_by("key"),
        }
        return Response(CatalogueDocument(document).data)


class CompaniesView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL}

    @extend_schema(
        parameters=[PageQuery],
        responses=page_of(CompanyDocument),
        examples=examples.COMPANIES,
    )
    def get(self, request: Request) -> Response:
        """List companies with what is known of them; written to the audit log."""
        read_query(request, PageQuery)
        return self.page(selectors.companies(actor=self.actor), self._shown, ordering="external_id")

    def _shown(self, companies: Any) -> list[Any]:
        shown = list(CompanyDocument(companies, many=True).data)
        disclose(actor=self.actor, what="companies", number=len(shown))
        return shown


class CompanyView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_PERSONAL}

    @extend_schema(responses=CompanyDocument, examples=examples.COMPANY)
    def get(self, request: Request, external_id: str) -> Response:
        """Read what is known of one company; written to the audit log."""
        read_query(request, Strict)
        company = get_object_or_404(selectors.companies(actor=self.actor), external_id=external_id)
        disclose(actor=self.actor, what="company", number=1, target=company)
        return Response(CompanyDocument(company).data)
