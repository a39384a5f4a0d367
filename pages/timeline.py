"""The timeline of a person: events, and segments entered and left, by day, a page at a time; as fragments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.actors import Actor, actor_of
from lib.htmx import Request
from profiles import selectors
from profiles.disclosures import disclose
from profiles.models import EventProperty, EventType, Unit
from profiles.timeline import Happened, Place, events_of, properties_of
from segments.models import Segment
from segments.moves import Move, moves_of
from segments.presence import presence

PER_PAGE = 40
ALL, EVENTS, SEGMENTS = "", "events", "segments"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: an event with its label, or a segment that was entered or left."""

    at: datetime
    label: str
    event: Happened | None = None
    segment: Segment | None = None
    is_entry: bool = False

    @property
    def day(self) -> date:
        """In the installation's timezone."""
        return timezone.localtime(self.at).date()


def profile_timeline(request: Request, pk: int) -> HttpResponse:
    """A page of the timeline; `?kind=` is events, segments, or one event's name, `?at=&message=` where it begins."""
    actor = actor_of(request)
    person = get_object_or_404(selectors.profiles(actor=actor), pk=pk)
    disclose(actor=actor, what="timeline", number=1, target=person)
    kind, place = request.GET.get("kind", ALL), _place(request)
    labels = {event.name: event.label or event.name for event in EventType.objects.all()}
    events = _events(actor, pk, kind, place)
    shown, following = events[:PER_PAGE], events[PER_PAGE:]
    until = shown[-1].at if following else None
    entries = [Entry(event.at, labels.get(event.name, event.name), event=event) for event in shown]
    if kind in (ALL, SEGMENTS):
        entries += _moves(actor, pk, place, until)
    context = {
        "person": person,
        "kind": kind,
        "kinds": sorted(labels.items(), key=lambda item: item[1].casefold()),
        "entries": sorted(entries, key=lambda entry: entry.at, reverse=True),
        "following": shown[-1] if following else None,
        "is_first": place is None,
    }
    return render(request, "customers/timeline.html" if place is None else "customers/timeline_page.html", context)


def event_properties(request: Request, pk: int) -> HttpResponse:
    """What was sent with one event."""
    actor, place = actor_of(request), _place(request)
    person = get_object_or_404(selectors.profiles(actor=actor), pk=pk)
    event_type = get_object_or_404(EventType, name=request.GET.get("event", ""))
    if place is None:
        raise BadRequest("Name the event by its time and message id.")
    disclose(actor=actor, what="event", number=1, target=person)
    found = properties_of(actor=actor, profile_id=pk, event_type=event_type, place=place)
    if found is None:
        raise Http404
    labels = dict(EventProperty.objects.filter(event_type=event_type).values_list("key", "label"))
    values = sorted(((labels.get(key) or key, value) for key, value in found.items()))
    return render(request, "customers/event.html", {"values": values})


def _place(request: Request) -> Place | None:
    """Where a page begins. Raises `BadRequest` for what is no moment."""
    written = request.GET.get("at", "")
    if not written:
        return None
    try:
        at = parse_datetime(written)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadRequest("The moment where the page begins can't be read.")
    return Place(at, request.GET.get("message", ""))


def _events(actor: Actor, pk: int, kind: str, place: Place | None) -> Sequence[Happened]:
    """One more than a page of them, so that it shows whether there are more."""
    if kind == SEGMENTS:
        return []
    names = None if kind in (ALL, EVENTS) else [kind]
    return events_of(actor=actor, profile_id=pk, limit=PER_PAGE + 1, after=place, names=names)


def _moves(actor: Actor, pk: int, place: Place | None, until: datetime | None) -> list[Entry]:
    """The segments entered and left within a page: before its beginning, and not before its last event."""
    segments = {each.segment.pk: each.segment for each in presence(actor=actor, unit=Unit.PROFILE, member=pk)}
    moves: list[Move] = moves_of(list(segments), pk)
    return [
        Entry(move.at, segments[move.segment_id].name, segment=segments[move.segment_id], is_entry=move.is_entry)
        for move in moves
        if (place is None or move.at < place.at) and (until is None or move.at >= until)
    ]
