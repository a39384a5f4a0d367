"""Routes of customers and the catalogue below ``/api/v1/``."""

from django.urls import path

from lib.rest.paths import NAME
from profiles.api.views import CatalogueView, CompaniesView, CompanyView

urlpatterns = [
    path("catalogue", CatalogueView.as_view(), name="api-catalogue"),
    path("companies", CompaniesView.as_view(), name="api-companies"),
    path(f"companies/<{NAME}:external_id>", CompanyView.as_view(), name="api-company"),
]
