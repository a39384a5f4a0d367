"""The address that messages are sent to, and the page that shows them."""

import json
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts import policy
from accounts.actors import actor_of
from accounts.policy import Action
from demo.receiver.inbox import Inbox
from demo.receiver.signature import is_genuine, shared_secret
from lib import clock
from lib.htmx import Request, wants_fragment

SHOWN = 30


def _inbox() -> Inbox:
    return Inbox(settings.REGISTRY_HOME / "demo" / "received.sqlite3")


@csrf_exempt
@login_not_required
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """A message from outside: kept if its signature is right."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not is_genuine(shared_secret(settings.REGISTRY_HOME / "demo"), headers, request.body):
        return HttpResponse("The signature is not right.", status=HTTPStatus.UNAUTHORIZED, content_type="text/plain")
    text = request.body.decode()
    _inbox().take(headers["webhook-id"], json.loads(text), text)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_GET
def received(request: Request) -> HttpResponse:
    """The latest messages, for people who have signed in; what they hold, for those who may see customers."""
    context = {
        "here": "receiver",
        "received": _inbox().latest(SHOWN),
        "now": clock.now(),
        "shows_bodies": policy.allows(actor_of(request), Action.READ_PERSONAL),
    }
    return render(request, "demo/messages.html" if wants_fragment(request) else "demo/receiver.html", context)
