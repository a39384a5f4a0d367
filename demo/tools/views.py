"""The page of the pretend tools, and the addresses at which they are called."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import policy
from accounts.actors import actor_of
from accounts.policy import Action
from activations import selectors
from activations.destinations.base_emulator import Request
from activations.models import Connection
from activations.services import create_connection
from demo.tools.shelf import Shelf, emulators

SHOWN = 12
MOODS = {
    "well": gettext_lazy("works"),
    "down": gettext_lazy("is down"),
    "locked": gettext_lazy("does not let us in"),
}


def tools(request: HttpRequest) -> HttpResponse:
    """What each pretend tool holds; for those who may see personal data."""
    actor = actor_of(request)
    policy.require(actor, Action.READ_PERSONAL)
    shelf, connections = Shelf(), selectors.connections(actor=actor).select_related("team")
    rows = []
    for kind, emulator in sorted(emulators().items()):
        lines = shelf.shown(kind)
        rows.append(
            {
                "kind": kind,
                "label": emulator.label,
                "mood": shelf.mood(kind),
                "lines": lines[:SHOWN],
                "count": len(lines),
                "connections": connections.filter(kind=kind, name=_name(kind)),
            }
        )
    return render(request, "demo/tools.html", {"here": "tools", "tools": rows, "moods": MOODS})


@require_POST
def connect(request: HttpRequest, kind: str) -> HttpResponse:
    """Connect a pretend tool for a team of the actor, and lead to its page."""
    actor = actor_of(request)
    if kind not in emulators():
        raise Http404
    team = policy.teams(actor, Action.EDIT).order_by("name").first()
    if team is None:
        raise PermissionDenied(_("Connecting a tool needs the role editor or higher in a team."))
    found = Connection.objects.filter(team=team, kind=kind, name=_name(kind)).first()
    if found is None:
        address = request.build_absolute_uri(f"/demo/tools/{kind}/api")
        config = emulators()[kind]().config(address)
        found = create_connection(actor=actor, team=team, kind=kind, name=_name(kind), config=config)
        messages.success(request, _("Connected. Test it, then set up an activation that sends through it."))
    return redirect("connection-page", found.pk)


@require_POST
def behave(request: HttpRequest, kind: str) -> HttpResponse:
    """Break a pretend tool, or mend it."""
    mood = request.POST.get("mood", "")
    if kind not in emulators() or mood not in MOODS:
        raise Http404
    policy.require(actor_of(request), Action.READ_PERSONAL)
    Shelf().set_mood(kind, mood)
    return redirect("demo-tools")


@csrf_exempt
@login_not_required
def call(request: HttpRequest, kind: str, path: str) -> HttpResponse:
    """The tool's own API."""
    if not settings.DEMO or kind not in emulators():
        raise Http404
    shelf = Shelf()
    if shelf.mood(kind) == "down":
        return HttpResponse("down for maintenance", status=HTTPStatus.SERVICE_UNAVAILABLE)
    with shelf.taken(kind) as tool:
        answer = tool.take(_as_came(request, f"/{path}"))
    headers = {"Content-Type": "text/plain" if isinstance(answer.body, str) else "application/json", **answer.headers}
    return HttpResponse(answer.content, status=answer.status, headers=headers)


def _as_came(request: HttpRequest, path: str) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(str(request.method), path, request.GET.dict(), headers, request.body)


def _name(kind: str) -> str:
    return _("Pretend %(tool)s") % {"tool": emulators()[kind].label}
