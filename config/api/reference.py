"""``/api/v1/reference/``: the OpenAPI document as a page to read, made here: no script, no other host."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.api.document import document


def reference(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, body, answers and examples."""
    return render(request, "api/reference.html", {"here": "api", "document": document()})
