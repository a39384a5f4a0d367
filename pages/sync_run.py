"""The page of one sync run: how far it is, whom the funnel let through, what was done, and what went wrong by cause."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Min
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseStopPolling, trigger_client_event

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from activations import selectors, services
from activations.models import SyncRun
from lib import clock
from lib.htmx import Request, wants_fragment
from pages.activation import kind_label
from pages.segment_frame import UNITS
from profiles.disclosures import disclose
from profiles.models import Unit

MOST_RECORDS = 50
MOVING = (SyncRun.State.QUEUED, SyncRun.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the people that the run is about are dealt with."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Everything that went wrong for one reason: the sentence, how many, and the number of one of them."""

    sentence: str
    records: int
    example: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel: how many are left, and how many it held back."""

    label: str
    left: int
    lost: int
    percent: int


class ConfirmForm(forms.Form):
    """The number of removals, typed by the person who agrees to them."""

    removals = forms.IntegerField(min_value=0, widget=forms.NumberInput(attrs={"class": "form-control"}))

    def __init__(self, *args: Any, planned: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned = planned
        self.fields["removals"].label = _("How many would be removed?")

    def clean_removals(self) -> int:
        """Raises `ValidationError` for another number than the run asks about."""
        given: int = self.cleaned_data["removals"]
        if given != self.planned:
            raise ValidationError(_("The run would remove %(planned)s. Type that number to agree.") % vars(self))
        return given


def sync_run_page(request: Request, number: int) -> HttpResponse:
    """The whole page; for htmx the progress alone, asked for every 2 seconds until the run has ended or waits."""
    actor = actor_of(request)
    run = run_of(actor, number)
    if wants_fragment(request):
        if run.state in MOVING:
            return render(request, "activations/progress.html", {"run": run, "progress": progress(run)})
        return trigger_client_event(HttpResponseStopPolling(), "registry:stale")
    return _page(request, actor, run, ConfirmForm(planned=run.removals_planned or 0))


@require_POST
def confirm_removal(request: Request, number: int) -> HttpResponse:
    """Agree to the removals that a waiting run asks about, by their number."""
    actor = actor_of(request)
    run = run_of(actor, number)
    policy.require(actor, Action.EDIT, run.activation.connection.team)
    form = ConfirmForm(request.POST, planned=run.removals_planned or 0)
    if form.is_valid():
        try:
            services.confirm_removal(actor=actor, run=run)
        except ValidationError as error:
            form.add_error("removals", error)
        else:
            return redirect("sync-run-page", number)
    return _page(request, actor, run, form)


@require_POST
def cancel_sync(request: Request, number: int) -> HttpResponse:
    """End a run that has not ended; one that has meanwhile is shown as it is, with a word about that."""
    actor = actor_of(request)
    try:
        services.cancel_sync(actor=actor, run=run_of(actor, number))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("sync-run-page", number)


def run_of(actor: Actor, number: int) -> SyncRun:
    """The run with what its page shows. Raises `Http404`."""
    runs = selectors.sync_runs(actor=actor)
    related = runs.select_related("activation__segment", "activation__connection__team", "segment_run", "actor")
    return get_object_or_404(related, pk=number)


def _page(request: Request, actor: Actor, run: SyncRun, form: ConfirmForm) -> HttpResponse:
    activation = run.activation
    is_ours = selectors.shows_details(actor=actor, activation=activation)
    found = causes(run, actor) if is_ours else []
    context = {
        "here": "activations",
        "run": run,
        "activation": activation,
        "kind": kind_label(activation),
        "unit": UNITS[Unit(activation.segment.unit)],
        "is_ours": is_ours,
        "may_edit": policy.allows(actor, Action.EDIT, activation.connection.team),
        "may_reveal": policy.allows(actor, Action.READ_PERSONAL),
        "is_moving": run.state in MOVING,
        "is_open": run.state in SyncRun.OPEN,
        "progress": progress(run),
        "steps": steps(run),
        "causes": found,
        "records": records(run, actor) if found else (),
        "revealed": revealed(request, run, actor) if found else {},
        "form": form,
        "now": clock.now(),
    }
    return render(request, "activations/run.html", context)


def progress(run: SyncRun) -> Progress:
    """Adds, changes and removals by their answers; before the run has its plan nothing is known."""
    total = (run.funnel[-1]["left"] if run.funnel else 0) + (run.removals_planned or 0)
    done = run.added + run.updated + run.removed + run.unchanged + run.rejected + run.skipped
    return Progress(min(done, total), total)


def steps(run: SyncRun) -> list[Step]:
    """The funnel, from the members of the segment to the audience, and to those delivered."""
    found: list[Step] = []
    for step in run.whole_funnel:
        before = found[-1].left if found else step["left"]
        most = found[0].left if found else step["left"]
        percent = round(100 * step["left"] / most) if most else 0
        found.append(Step(step["label"], step["left"], before - step["left"], percent))
    return found


def _troubled(run: SyncRun, actor: Actor) -> Any:
    return selectors.deliveries(actor=actor).filter(run=run).exclude(reason="")


def causes(run: SyncRun, actor: Actor) -> list[Cause]:
    """What the tool refused in this run and has not taken since, by the reason it gave, the most frequent first."""
    grouped = _troubled(run, actor).order_by().values("reason").annotate(records=Count("pk"), example=Min("member"))
    rows = grouped.order_by("-records", "reason")[:MOST_RECORDS]
    return [Cause(row["reason"], row["records"], row["example"]) for row in rows]


def records(run: SyncRun, actor: Actor) -> list[dict[str, Any]]:
    """The first records that were refused: the number of the person or company, and the reason; no personal data."""
    return list(_troubled(run, actor).order_by("member").values("member", "reason")[:MOST_RECORDS])


def revealed(request: Request, run: SyncRun, actor: Actor) -> dict[int, str]:
    """With `?reveal=1`: the identifiers as they were sent, by the number of the person; written to the audit log.

    Raises `PermissionDenied` for those without the permission to see personal data.
    """
    if request.GET.get("reveal") != "1":
        return {}
    policy.require(actor, Action.READ_PERSONAL)
    activation = run.activation
    keys = dict(_troubled(run, actor).order_by("member").values_list("member", "key")[:MOST_RECORDS])
    disclose(actor=actor, what="deliveries", number=len(keys), target=activation, team=activation.connection.team)
    return keys
