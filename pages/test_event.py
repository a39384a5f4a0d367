"""A form on a person's page that sends an event about them, to see what follows from it."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.models import Team
from accounts.policy import Action
from lib.htmx import Request, wants_fragment
from pages.shell import SESSION_KEY
from pages.styled import style
from profiles import selectors, services
from profiles.models import EventType, Status

SENT = "test-event-sent"
"""What the browser is told, so that the page reads anew what may have changed."""


class TestEventForm(forms.Form):
    """Which event, and what is sent with it."""

    properties = forms.CharField(
        label=gettext_lazy("Properties, as JSON"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": '{"total": 20}', "spellcheck": "false"}),
    )

    def __init__(self, events: Iterable[EventType], given: QueryDict | None = None) -> None:
        super().__init__(given, auto_id="test-event-%s")
        known = {str(event.pk): event for event in events}
        self.fields["event"] = forms.TypedChoiceField(
            label=_("Event"),
            choices=[(pk, event.label or event.name) for pk, event in known.items()],
            coerce=known.__getitem__,
        )
        style(self)

    def clean_properties(self) -> dict[str, Any]:
        """The object; an empty one where nothing was written."""
        try:
            found = json.loads(self.cleaned_data["properties"] or "{}")
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("This is no JSON: %(why)s.") % {"why": error}) from error
        if not isinstance(found, dict):
            raise ValidationError(_('Write an object, such as {"total": 20}.'))
        return found


def form_for(request: Request) -> TestEventForm | None:
    """An empty form for who may send, once the catalogue has an event."""
    events = list(_offered())
    return TestEventForm(events) if events and _team_of(request) else None


@require_POST
def send(request: Request, pk: int) -> HttpResponse:
    """Send it; htmx gets the form anew with what came of it, others the person's page."""
    actor = actor_of(request)
    person = get_object_or_404(selectors.profiles(actor=actor), pk=pk)
    policy.require_anywhere(actor, Action.IMPORT)
    team = _team_of(request)
    if team is None:
        raise PermissionDenied(_("Sending a test event needs the role editor or higher in a team."))
    form = TestEventForm(_offered(), request.POST)
    done = _send(actor, team, person, form) if form.is_valid() else ""
    if not wants_fragment(request) and done:
        messages.success(request, done)
        return redirect("profile-page", pk=pk)
    context = {"here": "profiles", "person": person, "form": form, "done": done}
    if not wants_fragment(request):
        return render(request, "customers/test_event_page.html", context, status=422)
    answer = render(request, "customers/test_event.html", context)
    return trigger_client_event(answer, SENT) if done else answer


def _offered() -> QuerySet[EventType]:
    return EventType.objects.exclude(status=Status.HIDDEN)


def _send(actor: Actor, team: Team, person: Any, form: TestEventForm) -> str:
    """What to say of an event that was taken; "" if it was not, and the form says why."""
    event, properties = form.cleaned_data["event"], form.cleaned_data["properties"]
    try:
        services.send_test_event(actor=actor, team=team, profile=person, event_type=event, properties=properties)
    except ValidationError as error:
        form.add_error("properties", error.messages[0])
        return ""
    return _("“%(event)s” was sent.") % {"event": event.label or event.name}


def _team_of(request: Request) -> Team | None:
    """The team for which the reader sends: the chosen one if they may there, else the first where they may."""
    teams = list(policy.teams(actor_of(request), Action.IMPORT))
    chosen = request.session.get(SESSION_KEY)
    return next((team for team in teams if team.key == chosen), teams[0] if teams else None)
