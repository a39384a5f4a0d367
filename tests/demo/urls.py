"""The routes of an installation that serves the demo."""

from django.urls import include, path

from config.urls import handler500
from config.urls import urlpatterns as usual

__all__ = ["handler500", "urlpatterns"]

urlpatterns = [*usual, path("", include("demo.urls"))]
