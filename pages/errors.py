"""The page for a failure of ours; it needs neither the database nor a session."""

from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """Says that it was not the reader's fault, and what to do."""
    return HttpResponseServerError(render_to_string("500.html", {"request": request}))
