"""Routes of customers and the catalogue below ``/api/v1/``."""

from django.urls import path

from lib.rest.paths import NAME
from profiles.api.access import AccessView
from profiles.api.consent import ConsentView, SuppressionsView, SuppressionView
from profiles.api.data_map import DataMapView, EventView, PropertyView, SourceView, TraitView
from profiles.api.erasures import ErasuresView, ErasureView
from profiles.api.imports import (
    AcceptImportView,
    CancelImportView,
    ImportFileView,
    ImportRejectsView,
    ImportsView,
    ImportView,
)
from profiles.api.incoming import DiscardView, MergesView, QuarantineView, ReplayView
from profiles.api.operations import OperationsView
from profiles.api.retention import RetentionsView, RetentionView
from profiles.api.views import CatalogueView, CompaniesView, CompanyView

urlpatterns = [
    path("catalogue", CatalogueView.as_view(), name="api-catalogue"),
    path("companies", CompaniesView.as_view(), name="api-companies"),
    path(f"companies/<{NAME}:external_id>", CompanyView.as_view(), name="api-company"),
    path("catalogue/traits/<int:number>", TraitView.as_view(), name="api-catalogue-trait"),
    path("catalogue/events/<int:number>", EventView.as_view(), name="api-catalogue-event"),
    path("catalogue/properties/<int:number>", PropertyView.as_view(), name="api-catalogue-property"),
    path("catalogue/sources/<slug:key>", SourceView.as_view(), name="api-catalogue-source"),
    path("data-map", DataMapView.as_view(), name="api-data-map"),
    path("erasures", ErasuresView.as_view(), name="api-erasures"),
    path("erasures/<int:number>", ErasureView.as_view(), name="api-erasure"),
    path("imports", ImportsView.as_view(), name="api-imports"),
    path("imports/<int:number>", ImportView.as_view(), name="api-import"),
    path("imports/<int:number>/file", ImportFileView.as_view(), name="api-import-file"),
    path("imports/<int:number>/accept", AcceptImportView.as_view(), name="api-import-accept"),
    path("imports/<int:number>/cancel", CancelImportView.as_view(), name="api-import-cancel"),
    path("imports/<int:number>/rejects", ImportRejectsView.as_view(), name="api-import-rejects"),
    path(f"profiles/<{NAME}:external_id>/consent", ConsentView.as_view(), name="api-consent"),
    path(f"profiles/<{NAME}:external_id>/suppressions", SuppressionsView.as_view(), name="api-suppressions"),
    path(
        f"profiles/<{NAME}:external_id>/suppressions/<slug:channel>", SuppressionView.as_view(), name="api-suppression"
    ),
    path(f"profiles/<{NAME}:external_id>/export", AccessView.as_view(), name="api-profile-export"),
    path("retention", RetentionsView.as_view(), name="api-retentions"),
    path("retention/<slug:table>", RetentionView.as_view(), name="api-retention"),
    path("operations", OperationsView.as_view(), name="api-operations"),
    path("merges", MergesView.as_view(), name="api-merges"),
    path("quarantine", QuarantineView.as_view(), name="api-quarantine"),
    path("quarantine/<int:number>", DiscardView.as_view(), name="api-quarantined"),
    path("quarantine/<int:number>/replay", ReplayView.as_view(), name="api-replay"),
]
