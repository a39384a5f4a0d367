"""U+0000 in an address or a form: PostgreSQL has no text that holds it, so it is a bad request and no fault of ours."""

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _


class Middleware:
    """Answers 400 where a view has failed over such a text that no form of it has refused before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DataError | ValueError) or not _has_one(request):
            return None
        words = _("The address or the form holds the character U+0000, which no text here can have. Remove it.")
        return HttpResponseBadRequest(words, content_type="text/plain; charset=utf-8")


def _has_one(request: HttpRequest) -> bool:
    sent = (value for query in (request.GET, request.POST) for _key, values in query.lists() for value in values)
    return any("\0" in value for value in sent)
