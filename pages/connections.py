"""Connections: a team's accounts at tools. Secrets are written and never shown."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from accounts import policy
from accounts import selectors as staff
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from activations import connections, selectors, services
from activations.destinations import kinds
from activations.forms import ConnectionForm, connection_form
from activations.models import Connection
from activations.standing import with_standing
from lib.crypto import CryptoError
from lib.htmx import Request
from lib.wording import words
from pages.shell import shell_of
from pages.styled import style
from profiles.disclosures import disclose

MOST_HELD = 50


@dataclass(frozen=True, slots=True)
class Value:
    """One declared field of a connection as people read it; of a secret its ending at most."""

    label: str
    text: str
    ending: str
    is_secret: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What a tool holds: the names of its fields, and for each person the values. Without `is_shown` both are empty."""

    is_shown: bool
    names: list[str]
    rows: list[list[str]]


def connection_list(request: Request, key: str) -> HttpResponse:
    """The connections of one team, for its people. Raises `PermissionDenied` for others."""
    actor = actor_of(request)
    team = get_object_or_404(staff.teams(actor=actor), key=key)
    policy.require(actor, Action.READ_TEAM, team)
    rows = selectors.connections(actor=actor).filter(team=team).annotate(uses=Count("activations"))
    context = {
        "here": "team",
        "team": team,
        "tab": "connections",
        "connections": rows,
        "kinds": _labels(),
        "may_edit": policy.allows(actor, Action.EDIT, team),
    }
    return render(request, "connections/list.html", context)


def connection_new(request: Request) -> HttpResponse:
    """Connect a tool of the kind `?kind=`, or choose one first. From a set-up it comes and goes as a fragment."""
    actor = actor_of(request)
    if not policy.teams(actor, Action.EDIT).exists():
        policy.require(actor, Action.EDIT, shell_of(request).settings_of or staff.teams(actor=actor).first())
    kind = request.GET.get("kind", "")
    context: dict[str, Any] = {"here": "team", "kinds": sorted(_labels().items()), "next": _next(request)}
    if kind not in kinds():
        return render(request, "connections/choose.html", context)
    form = _form(kind, actor, request, Connection(kind=kind))
    if request.method == "POST" and form.is_valid():
        made = _create(actor, kind, form)
        if made is not None:
            return _made(request, made, actor)
    context |= {"form": form, "kind": kind, "label": kinds()[kind].label}
    template = "connections/new_fragment.html" if request.htmx else "connections/new.html"
    return render(request, template, context)


def connection_page(request: Request, number: int) -> HttpResponse:
    """Its values, its uses, and for editors the form to change it."""
    actor = actor_of(request)
    connection = connection_of(actor, number)
    may_edit = policy.allows(actor, Action.EDIT, connection.team)
    is_known = connection.kind in kinds()
    form = _form(connection.kind, actor, request, connection) if may_edit and is_known else None
    if request.method == "POST":
        policy.require(actor, Action.EDIT, connection.team)
        if form is not None and form.is_valid() and _update(actor, connection, form):
            messages.success(request, _("Saved. The next sync uses it."))
            return redirect("connection-page", number)
        connection = connection_of(actor, number)  # as it is, not as the form would have it
    context = {
        "here": "team",
        "connection": connection,
        "team": connection.team,
        "label": _labels().get(connection.kind, connection.kind),
        "values": values(connection) if is_known else (),
        "uses": _uses(actor, connection),
        "form": form,
        "may_look": is_known and policy.allows(actor, Action.READ_PERSONAL),
        "held": _held(request, actor, connection) if is_known else None,
    }
    return render(request, "connections/page.html", context)


def _uses(actor: Actor, connection: Connection) -> Any:
    """The activations that send through it, each with how it stands."""
    rows = selectors.activations(actor=actor).filter(connection=connection).select_related("segment")
    return with_standing(rows).order_by("name")


def _held(request: Request, actor: Actor, connection: Connection) -> Held | None:
    """What a tool that can be looked into holds; None for others. With `?look=1` its rows, which is in the audit log.

    Raises `PermissionDenied` for who may not see personal data.
    """
    is_asked = request.GET.get("look") == "1"
    if is_asked:
        policy.require(actor, Action.READ_PERSONAL)
    try:
        rows = connections.opened(connection).contents(MOST_HELD if is_asked else 0)
    except CryptoError:
        return None
    if rows is None:
        return None
    if is_asked:
        disclose(actor=actor, what="deliveries", number=len(rows), target=connection, team=connection.team)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return Held(is_asked, names, [[words(row.get(name)) for name in names] for row in rows])


@require_POST
def connection_test(request: Request, number: int) -> HttpResponse:
    """Try it; the answer is a fragment, or without htmx a message."""
    actor = actor_of(request)
    connection = connection_of(actor, number)
    wrong = services.test_connection(actor=actor, connection=connection)
    if request.htmx:
        return render(request, "connections/tested.html", {"wrong": wrong})
    words = wrong or _("It works.")
    (messages.error if wrong else messages.success)(request, f"{connection}: {words}")
    return redirect("connection-page", number)


@require_POST
def connection_delete(request: Request, number: int) -> HttpResponse:
    """Forget one that no activation uses."""
    actor = actor_of(request)
    connection = connection_of(actor, number)
    try:
        services.delete_connection(actor=actor, connection=connection)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("connection-page", number)
    messages.success(request, _("%(name)s is deleted.") % {"name": connection.name})
    return redirect("connection-list", connection.team.key)


def connection_of(actor: Actor, number: int) -> Connection:
    """The connection, if it is of one of the actor's teams. Raises `Http404`."""
    return get_object_or_404(selectors.connections(actor=actor).select_related("team"), pk=number)


def values(connection: Connection) -> list[Value]:
    """The declared fields with what is on file."""
    endings = connections.endings(connection)
    found = []
    for field in kinds()[connection.kind].fields:
        text = connection.config.get(field.key, "")
        found.append(
            Value(field.label, dict(field.choices).get(text, text), endings.get(field.key, ""), is_secret=field.secret)
        )
    return found


def usable(actor: Actor) -> Any:
    """The connections through which the actor may send, by team and name."""
    rows = selectors.connections(actor=actor).filter(kind__in=kinds(), team__in=policy.teams(actor, Action.EDIT))
    return rows.select_related("team").order_by("team__name", "name")


def _labels() -> dict[str, str]:
    return {name: kind.label for name, kind in kinds().items()}


def _form(kind: str, actor: Actor, request: Request, connection: Connection) -> ConnectionForm:
    """The form of a connection, new or on file, which keeps its team."""
    given = request.POST if request.method == "POST" else None
    first = shell_of(request).settings_of
    form = connection_form(kind)(given, instance=connection, initial={} if connection.pk else {"team": first})
    if connection.pk:
        del form.fields["team"]
    else:
        team = form.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = policy.teams(actor, Action.EDIT)
        team.empty_label = None
    style(form)
    return form


def _create(actor: Actor, kind: str, form: ConnectionForm) -> Connection | None:
    given = form.cleaned_data
    try:
        return services.create_connection(
            actor=actor, team=given["team"], kind=kind, name=given["name"], config=form.config
        )
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
    return None


def _update(actor: Actor, connection: Connection, form: ConnectionForm) -> bool:
    try:
        services.update_connection(
            actor=actor, connection=connection, name=form.cleaned_data["name"], config=form.config
        )
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
        return False
    return True


def _made(request: Request, made: Connection, actor: Actor) -> HttpResponse:
    """Back to where it was wanted: into the set-up as its choice, or to its own page."""
    if request.htmx:
        context = {"connections": usable(actor), "chosen": made.pk, "kinds": _labels()}
        return reswap(retarget(render(request, "set_up/connected.html", context), "#connections"), "outerHTML")
    messages.success(request, _("%(name)s is connected. Test it before you send through it.") % {"name": made.name})
    return redirect(_next(request) or reverse("connection-page", args=[made.pk]))


def _next(request: Request) -> str:
    """Where to go afterwards; empty for the connection's own page. Raises `Http404` for another site."""
    path = request.GET.get("next", "")
    if path and not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        raise Http404
    return path
