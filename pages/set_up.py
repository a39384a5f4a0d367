"""Setting an activation up, and changing one: connection, mapping, schedule and dry run on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import policy
from accounts.actors import Actor, actor_of
from accounts.policy import Action
from activations import columns, selectors, services
from activations.destinations import kinds
from activations.engine import sources
from activations.forms import ActivationForm
from activations.models import Activation
from activations.rehearsal import Rehearsal, rehearse
from lib import ages
from lib.htmx import Request
from pages.connections import usable
from pages.mapping import SENT, MappingField, MappingWidget, Row, rows_of
from pages.segment_frame import UNITS
from pages.styled import style
from profiles.disclosures import disclose
from profiles.models import Channel, Identity, Unit
from segments import membership
from segments import selectors as segment_selectors
from segments.models import Segment

MINUTES = (1, 5, 15, 30, 60, 2 * 60, 6 * 60, 12 * 60, 24 * 60)
"""How often a sync may be by itself; the API knows finer steps."""
FORM = "set-up"
"""The id of the form on the page; its fields stand outside of it, so that a connection's own form can be among them."""
CANDIDATES = 200
"""Members among whom those of the preview are looked for."""
PREVIEWED = 5


class SetUpForm(ActivationForm):
    """An activation of one segment, through one of the connections that the actor may use."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        activation = self.instance
        self.rows = rows_of(activation.segment.unit, activation.columns, _usual_key(activation.segment))
        self.fields["columns"] = MappingField(self.rows)
        self.fields["interval"] = _interval(activation.interval)
        if activation.interval:
            self.initial["interval"] = _seconds(activation.interval)
        self.fields["daily_at"].widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        self.fields["mode"].widget = forms.RadioSelect(choices=Activation.Mode.choices)
        self.fields["purpose"].widget = forms.RadioSelect(choices=Activation.Purpose.choices)
        self.fields["channel"].widget.choices = [("", _("none is asked: a tool of our own")), *Channel.choices]
        self.fields["schedule"].widget = forms.RadioSelect(choices=Activation.ScheduleKind.choices)
        self.connections = usable(actor)
        self.fields["connection"] = forms.ModelChoiceField(
            self.connections, error_messages={"required": _("Choose where it goes.")}
        )
        del self.fields["segment"]
        if activation.pk:
            del self.fields["key"]
        style(self)
        for field in self.fields.values():
            field.widget.attrs["form"] = FORM

    def clean(self) -> dict[str, Any]:
        """Of a schedule only what belongs to it is kept."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("schedule") != Activation.ScheduleKind.INTERVAL:
            cleaned["interval"] = None
        if cleaned.get("schedule") != Activation.ScheduleKind.DAILY:
            cleaned["daily_at"] = None
        elif cleaned.get("daily_at") is None and "daily_at" not in self.errors:
            self.add_error("daily_at", _("Enter the time of the day, such as 06:00."))
        return cleaned


def activation_new(request: Request) -> HttpResponse:
    """Set up an activation of the segment `?segment=`, or choose the segment first. POST tries it, or makes it."""
    actor = actor_of(request)
    _require_editor(actor)
    known = segment_selectors.segments(actor=actor).exclude(state=Segment.State.RETIRED)
    key = request.GET.get("segment", "")
    if not key:
        context = {"here": "activations", "segments": known.order_by("name")}
        return render(request, "set_up/choose.html", context)
    segment = get_object_or_404(known, key=key)
    activation = Activation(segment=segment, timezone=settings.TIME_ZONE, interval=timedelta(hours=1))
    return _set_up(request, actor, activation)


def activation_edit(request: Request, key: str) -> HttpResponse:
    """Change what is sent, where or when."""
    actor = actor_of(request)
    known = selectors.activations(actor=actor).select_related("segment", "connection__team")
    activation = get_object_or_404(known, key=key)
    policy.require(actor, Action.EDIT, activation.connection.team)
    return _set_up(request, actor, activation)


def mapping_sample(request: Request) -> HttpResponse:
    """What the rows hold for some real members of `?segment=`, and how it is sent; written to the audit log.

    Raises `PermissionDenied` for those without the permission to see personal data.
    """
    actor = actor_of(request)
    _require_editor(actor)
    policy.require(actor, Action.READ_PERSONAL)
    policy.require(actor, Action.READ_MEMBERS)
    key = request.GET.get("segment", "")
    if not key:
        return redirect("activation-new")
    segment = get_object_or_404(segment_selectors.segments(actor=actor), key=key)
    activation = selectors.activations(actor=actor).filter(key=request.GET.get("activation", "")).first()
    rows = rows_of(segment.unit, activation.columns if activation else None, _usual_key(segment))
    if SENT in request.GET:
        rows = MappingWidget(rows).value_from_datadict(request.GET, None, "columns")
    found = preview(segment, rows)
    disclose(actor=actor, what="sample", number=len(found), target=segment, team=segment.team)
    sent = [place for place, row in enumerate(rows) if row.is_sent]
    context = {
        "samples": [cell.before for cell in found[0]] if found else [],
        "people": range(1, len(found) + 1),
        "preview": [(rows[place], [cells[place] for cells in found]) for place in sent],
    }
    return render(request, "set_up/sample.html", context)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one member: as we know it, and as it is sent, where that is something else."""

    before: str
    after: str


def preview(segment: Segment, rows: list[Row]) -> list[list[Cell]]:
    """Some members, those first of whom most is known, by row; empty where nobody has an identifier."""
    wanted = sorted(rows[: columns.MOST_COLUMNS], key=lambda row: not row.is_key)
    mapping = columns.parse([{"to": row.name, **row.column} for row in wanted])
    plain = columns.parse([{"to": row.name, **_unwritten(row.column)} for row in wanted])
    candidates = list(membership.load(segment.pk)[:CANDIDATES])
    written = {payload.member: payload.values for payload in sources.payloads(mapping, segment.unit, candidates)}
    known = [row for row in sources.payloads(plain, segment.unit, candidates) if row.member in written]
    best = sorted(known, key=lambda payload: sum(value is None for value in payload.values))[:PREVIEWED]
    places = [wanted.index(row) for row in rows[: len(wanted)]]
    return [_cells(payload.values, written[payload.member], places) for payload in best]


def _cells(before: Sequence[Any], after: Sequence[Any], places: Sequence[int]) -> list[Cell]:
    pairs = [(before[place], after[place]) for place in places]
    return [Cell(_shown(known), _shown(sent) if sent != known else "") for known, sent in pairs]


def _unwritten(column: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in column.items() if key != "format"}


def _set_up(request: Request, actor: Actor, activation: Activation) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    form = SetUpForm(given, instance=activation, initial=_initial(request, activation), actor=actor)
    tried: Rehearsal | None = None
    if given is not None and form.is_valid():
        if "try" in given:
            tried = _try(actor, activation, form)
        else:
            is_new = activation.pk is None
            if made := _save(actor, activation, form):
                words = _("Activated. It sends by its schedule.") if is_new else _("Saved. The next sync goes by it.")
                messages.success(request, words)
                return redirect("activation-page", made.key)
    return render(request, "set_up/page.html", _context(actor, activation, form, tried))


def _context(actor: Actor, activation: Activation, form: SetUpForm, tried: Rehearsal | None) -> dict[str, Any]:
    return {
        "here": "activations",
        "activation": activation,
        "segment": activation.segment,
        "unit": UNITS[Unit(activation.segment.unit)],
        "form": form,
        "rows": form.rows,
        "connections": form.connections,
        "chosen": _number(form["connection"].value()),
        "kinds": {name: kind.label for name, kind in kinds().items()},
        "tried": tried,
        "may_see_samples": policy.allows(actor, Action.READ_PERSONAL),
    }


def _initial(request: Request, activation: Activation) -> dict[str, Any]:
    if activation.pk:
        return {}
    name = _("%(segment)s, kept up to date") % {"segment": activation.segment.name}
    return {
        "name": name[:150],
        "key": _free_key(activation.segment.key),
        "connection": request.GET.get("connection"),
        "schedule": Activation.ScheduleKind.INTERVAL,
    }


def _free_key(key: str) -> str:
    """A key that no activation has yet."""
    taken = set(Activation.objects.filter(key__startswith=key[:90]).values_list("key", flat=True))
    wanted = f"{key[:90]}-sync"
    return next(name for number in range(1, len(taken) + 2) if (name := _numbered(wanted, number)) not in taken)


def _numbered(key: str, number: int) -> str:
    return key if number == 1 else f"{key}-{number}"


def _try(actor: Actor, activation: Activation, form: SetUpForm) -> Rehearsal | None:
    try:
        return rehearse(actor=actor, activation=activation)
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
    return None


def _save(actor: Actor, activation: Activation, form: SetUpForm) -> Activation | None:
    fields = dict(form.cleaned_data)
    try:
        if activation.pk:
            return services.update_activation(actor=actor, activation=activation, **fields)
        return services.create_activation(actor=actor, segment=activation.segment, **fields)
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
    return None


def _require_editor(actor: Actor) -> None:
    """Raises `PermissionDenied` for who edits in no team."""
    if not policy.teams(actor, Action.EDIT).exists():
        raise PermissionDenied(_("Setting up an activation needs the role editor or higher in a team."))


def _usual_key(segment: Segment) -> str:
    return Identity.Kind.EMAIL if segment.unit == Unit.PROFILE else Identity.Kind.EXTERNAL_ID


def _interval(present: timedelta | None) -> forms.TypedChoiceField:
    """Choices of how often, among them the present one."""
    lengths = {timedelta(minutes=minutes) for minutes in MINUTES} | ({present} if present else set())
    choices = [(_seconds(length), ages.every(length)) for length in sorted(lengths)]
    return forms.TypedChoiceField(
        choices=choices, coerce=lambda value: timedelta(seconds=int(value)), required=False, empty_value=None
    )


def _seconds(length: timedelta) -> str:
    return str(int(length.total_seconds()))


def _number(value: Any) -> int | None:
    """The pk that a radio button stands for."""
    return int(value) if str(value or "").isdigit() else getattr(value, "pk", None)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
