"""The pages for failures of ours; they need neither the database nor a session."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

from lib import problems

RETRY_AFTER = 30
"""Seconds after which a database that does not answer may do so again."""


def server_error(request: HttpRequest) -> HttpResponse:
    """Says that it was not the reader's fault, and what to do; to programs as a problem.

    A database that does not answer is no mistake of ours: 503, and what was asked can be asked again.
    """
    if request.path.startswith("/api/"):
        return problems.fault()
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        page = render_to_string("503.html", {"request": request})
        return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER)})
    return HttpResponseServerError(render_to_string("500.html", {"request": request}))
