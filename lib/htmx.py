"""What htmx and the rest of HTTP must agree on: caches, the Back button, and a session that has run out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request that passed django-htmx's middleware; for annotations only."""

    htmx: HtmxDetails


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Keep fragments and whole pages of one address apart, and send a signed-out fragment to the sign-in page.

    Without `Vary` the Back button shows a fragment without head and sidebar; without the second part a sign-in page
    would be swapped into a table.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        sign_in = resolve_url(settings.LOGIN_URL)
        location = response.headers.get("Location", "")
        if request.headers.get("HX-Request") and location.startswith(sign_in):
            return HttpResponseClientRedirect(location)
        return response

    return respond


def wants_fragment(request: Request) -> bool:
    """Whether a part of the page is asked for; going back in history needs the whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request
