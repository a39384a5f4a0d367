"""The routes below ``/api/v1/``."""

from django.urls import include, path

from accounts.api.base import UnknownPath
from config.api.document import OpenApiView
from config.api.reference import reference
from lib.rest.paths import ANYTHING

urlpatterns = [
    path("v1/schema/", OpenApiView.as_view(), name="api-schema"),
    path("v1/reference/", reference, name="api-reference"),
    path("v1/", include("accounts.api.urls")),
    path("v1/", include("profiles.api.urls")),
    path("v1/", include("activations.api.urls")),
    path("v1/", include("segments.api.urls")),  # last: names of people may hold anything
    path(f"<{ANYTHING}:unknown>", UnknownPath.as_view()),
]
