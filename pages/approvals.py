"""What waits for the reader's approval."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.actors import actor_of
from lib import clock
from lib.htmx import Request
from segments import selectors


def approval_list(request: Request) -> HttpResponse:
    """The versions that were sent for review, of the teams in which the reader approves, the longest waiting first."""
    rows = selectors.proposals(actor=actor_of(request)).select_related("segment__team", "proposed_by", "author")
    context = {"here": "review", "tab": "approvals", "versions": rows, "waiting": rows.count(), "now": clock.now()}
    return render(request, "review/approvals.html", context)
