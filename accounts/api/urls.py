"""Routes of staff and teams below ``/api/v1/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
