"""Routes below ``/api/v1/``."""

from django.urls import path

from segments.api.views import ExplainView, PreviewView, SchemaView

urlpatterns = [
    path("segments/preview", PreviewView.as_view(), name="api-preview"),
    path("segments/explain", ExplainView.as_view(), name="api-explain"),
    path("rules/schema", SchemaView.as_view(), name="api-rules-schema"),
]
