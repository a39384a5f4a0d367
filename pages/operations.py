"""How the installation is, for administrators: the lake, what waits, what care was taken of it, queues, erasures."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.actors import actor_of
from lib import clock
from lib.htmx import Request
from profiles import operations


def operations_page(request: Request) -> HttpResponse:
    """The same document as the API's, as tables."""
    state = operations.state(actor=actor_of(request))
    context = {"here": "operations", "state": state, "lake": state["lake"], "now": clock.now()}
    return render(request, "operations/page.html", context)
