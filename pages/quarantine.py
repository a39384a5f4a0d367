"""Messages that could not be taken: by reason, each with its JSON to mend and take, or to discard."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import policy
from accounts.actors import actor_of
from accounts.policy import Action
from profiles import selectors, services
from profiles.disclosures import disclose
from profiles.models import QuarantinedEvent

PER_PAGE = 20


class MendForm(forms.Form):
    """The JSON of one message, as it was sent until somebody changes it."""

    document = forms.CharField(
        label=_("Message"), widget=forms.Textarea(attrs={"rows": 8, "class": "form-control font-monospace"})
    )

    def clean_document(self) -> dict[str, Any]:
        """The object."""
        try:
            found = json.loads(self.cleaned_data["document"])
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("This is no JSON: %(why)s.") % {"why": error}) from error
        if not isinstance(found, dict):
            raise ValidationError(_("A message is a JSON object."))
        return found


def quarantine(request: HttpRequest) -> HttpResponse:
    """All reasons with their numbers, and the messages of one of them."""
    actor = actor_of(request)
    reasons = list(selectors.reasons(actor=actor))
    kind = request.GET.get("kind", "")
    waiting = selectors.quarantined(actor=actor)
    if kind:
        waiting = waiting.filter(kind=kind)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    disclose(actor=actor, what="quarantine", number=len(page.object_list))
    rows = [(event, _form_of(event)) for event in page.object_list]
    may = policy.allows(actor, Action.ADMINISTER)
    context = {"here": "quarantine", "reasons": reasons, "kind": kind, "page": page, "rows": rows, "may": may}
    return render(request, "data/quarantine.html", context)


@require_POST
def replay(request: HttpRequest, number: int) -> HttpResponse:
    """Take one as it is mended; the same page again, with what is wrong, if it still cannot be taken."""
    actor = actor_of(request)
    event = get_object_or_404(selectors.quarantined(actor=actor), pk=number)
    form = MendForm(request.POST, prefix=str(number))
    if form.is_valid():
        try:
            services.replay_event(actor=actor, event=event, document=form.cleaned_data["document"])
        except ValidationError as error:
            form.add_error("document", error.messages[0])
        else:
            messages.success(request, _("The message was taken."))
            return redirect("quarantine")
    context = {"here": "quarantine", "rows": [(event, form)], "may": True}
    return render(request, "data/mend.html", context, status=422)


@require_POST
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Throw one away."""
    actor = actor_of(request)
    event = get_object_or_404(selectors.quarantined(actor=actor), pk=number)
    services.discard_event(actor=actor, event=event)
    messages.success(request, _("The message was discarded."))
    return redirect("quarantine")


def _form_of(event: QuarantinedEvent) -> MendForm:
    text = json.dumps(json.loads(event.document), indent=2, ensure_ascii=False)
    return MendForm(initial={"document": text}, prefix=str(event.pk))
