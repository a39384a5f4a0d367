"""Makes Harbourline: its staff, its customers through the imports, its segments with a past, its activations."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts.actors import Actor
from accounts.models import Team
from demo import catalogue, consent, files, imports, sends, staff
from demo.beginning import Beginning
from demo.live import write_keys
from demo.segments import SEGMENTS, Wanted
from demo.world import DAYS
from demo.world.cast import Cast
from lib import clock
from profiles.measures import replay as measures
from segments.models import Run, Segment
from segments.runs.due import live_segments
from segments.runs.replay import replay
from segments.services import change_contract, create_segment, propose, publish, request_recompute, save_version
from segments.services.contract import contract_of

PAST = 32
"""For so many days before today the segments have a size: the data came in day by day, and they were counted.

One less than a multiple of `imports.LIST_EVERY`, so that a list of people has come when it begins."""
MEASURED_EVERY = 12
"""Days between two measures of how many people and companies have each trait."""
BEFORE_MIDNIGHT = timedelta(minutes=1)
LATER = timedelta(days=2)

Say = Callable[[str], None]


def make(say: Say, url: str) -> None:
    """Make what is not there yet; a start that was killed half-way goes on where it was.

    `url` is where the registry will be reached: the demo's webhooks and live events come back to it.
    """
    beginning = Beginning.of(settings.REGISTRY_HOME / "demo")
    people = staff.hire()
    if not beginning.is_made:
        _bring_in(say, beginning, people["ada"])
        for wanted in SEGMENTS:
            _make_segment(wanted, people)
        _live_through(say, beginning)
    consent.agree(people["ada"])
    write_keys.issue(beginning.folder, people["ada"])
    sends.follow(url, beginning.folder, people)
    sends.make(people)
    beginning.note_made()


def _bring_in(say: Say, beginning: Beginning, administrator: Actor) -> None:
    """Companies and people as they were known when the past began, and all events until now."""
    writing = files.begin_events(beginning.folder, beginning.today, beginning.moment)
    catalogue.describe(administrator)
    cast = Cast.gather()
    say(f"importing {len(cast.companies):,} companies and {len(cast.people):,} people")
    imports.customers(beginning, cast, DAYS - PAST - 1)
    say("importing a year of events")
    if writing.wait():
        raise RuntimeError("the events of the sample company could not be written; the lines above say why")
    imports.events(beginning.folder)
    imports.survey_answers(beginning, cast)


def _live_through(say: Say, beginning: Beginning) -> None:
    """The days up to today: what became known on each, then a count of the segments as of its end."""
    logging.getLogger("segments.runs.work").setLevel(logging.WARNING)  # hundreds of lines that nobody reads
    say(f"counting the segments as of each of the last {PAST} days")
    cast = Cast.gather()
    counted = Run.objects.filter(state=Run.State.SUCCEEDED).aggregate(last=Max("as_of"))["last"]
    for day in range(DAYS - PAST, DAYS):
        imports.changes(beginning, cast, day)
        end = beginning.today - timedelta(days=DAYS - day - 1) - BEFORE_MIDNIGHT
        if counted is None or end > counted:
            replay(end)
        if (DAYS - day) % MEASURED_EVERY == 0:
            measures.replay(end)
    imports.changes(beginning, cast, DAYS)
    imports.survey_scores_taken_back(beginning, cast)
    for segment in live_segments().select_related("owner"):
        request_recompute(actor=Actor(segment.owner), segment=segment, trigger=Run.Trigger.SCHEDULE)


@transaction.atomic
def _make_segment(wanted: Wanted, people: dict[str, Actor]) -> None:
    if Segment.objects.filter(key=wanted.key).exists():
        return
    owner = people[wanted.owner]
    today = clock.now().date()
    segment = create_segment(
        actor=owner,
        key=wanted.key,
        name=wanted.name,
        team=Team.objects.get(key=wanted.team),
        owner=owner.user,
        unit=wanted.unit,
        decision=wanted.decision,
        freshness=wanted.freshness,
        review_on=max(today + wanted.review_in, today + LATER),
    )
    version = save_version(segment=segment, definition=wanted.definition, actor=owner, note="First version")
    if wanted.draft:
        propose(version=version, actor=owner)
        return
    publish(version=version, actor=owner)
    if wanted.review_in < timedelta():
        _make_overdue(segment, owner, wanted)


def _make_overdue(segment: Segment, owner: Actor, wanted: Wanted) -> None:
    """A review that should have been: nobody can publish with such a date, but time passes."""
    segment.refresh_from_db()
    overdue = contract_of(segment) | {"review_on": clock.now().date() + wanted.review_in}
    change_contract(actor=owner, segment=segment, **overdue)
