"""The registry's web application with one address more: a bare Django view that returns a constant.

The same settings, middleware and server as what it is the rival of; `gunicorn bench.bare`.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from config.wsgi import application

__all__ = ["application"]


@login_not_required
def bare(_request: HttpRequest) -> JsonResponse:
    """A constant."""
    return JsonResponse({"answer": 42})


urlpatterns = [path("bare", bare), path("", include("config.urls"))]
handler500 = "pages.errors.server_error"
settings.ROOT_URLCONF = __name__
