"""The page for a failure of ours; it needs neither the database nor a session."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

from lib import problems


def server_error(request: HttpRequest) -> HttpResponse:
    """Says that it was not the reader's fault, and what to do; to programs as a problem."""
    if request.path.startswith("/api/"):
        return problems.fault()
    return HttpResponseServerError(render_to_string("500.html", {"request": request}))
