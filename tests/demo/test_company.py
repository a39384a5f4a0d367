"""Harbourline as `make demo` makes it, imports and all: what a person finds who signs in for the first time."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Q
from pytest_django import Settings

from activations.models import Activation, Connection
from demo import company
from demo.segments import SEGMENTS
from lib import clock
from lib.http.addresses import AllowList
from profiles.models import Company, EventType, Profile, Source, TraitDefinition
from segments.models import Run, Segment
from segments.runs import work

URL = "http://127.0.0.1:8000"
BOUNDS = {
    "newsletter-readers": (8_000, 14_000),
    "checkout-left": (5, 80),
    "birthdays-ahead": (15, 150),
    "best-gone-quiet": (4, 60),
    "win-back": (20, 600),
    "pricing-together": (6, 70),
    "renewals-at-risk": (2, 40),
    "downgraded": (2, 40),
    "trial-nothing-imported": (8, 250),
    "log-ins-halved": (60, 900),
    "detractors": (100, 1_200),
    "active-now": (0, 60),  # until live events come
}


@pytest.mark.deep
def test_the_first_start_makes_it_all_and_the_second_changes_nothing(
    transactional_db: None, settings: Settings, tmp_path: Path
) -> None:
    settings.REGISTRY_HOME, settings.OUTBOUND_ALLOW = tmp_path, AllowList.parse(["127.0.0.1"])
    said: list[str] = []
    company.make(said.append, URL)
    work.work()

    assert (Company.objects.count(), Profile.objects.filter(lasting=True).count()) == (1_200, 20_000)
    sizes = {segment.key: _newest(segment).members for segment in Segment.objects.filter(state="live")}
    assert {key: size for key, size in sizes.items() if not BOUNDS[key][0] <= (size or 0) <= BOUNDS[key][1]} == {}
    assert {wanted.key for wanted in SEGMENTS} - sizes.keys() == {"large-trials"}
    for segment in Segment.objects.filter(state="live"):
        replays = list(Run.objects.filter(segment=segment, trigger=Run.Trigger.REPLAY).order_by("id"))
        assert [run.as_of for run in replays] == sorted(run.as_of for run in replays if run.as_of)
        assert len(replays) == company.PAST
    assert Segment.objects.filter(review_on__lt=clock.now().date()).count() == 1
    assert _undescribed() == []
    assert _waiting() == ["Survey answered", "favourite_feature", "mobile_phone", "nps_score"]

    before = _rows()
    company.make(said.append, URL)
    assert _rows() == before
    company.make(said.append, "http://127.0.0.1:9000")
    assert {one.config["url"] for one in Connection.objects.filter(kind="webhook")} == {
        "http://127.0.0.1:9000/demo/receiver/inbox/"
    }
    assert Activation.objects.filter(state=Activation.State.ACTIVE).count() == 7


def _newest(segment: Segment) -> Run:
    return Run.objects.filter(segment=segment, state=Run.State.SUCCEEDED).order_by("-id")[0]


def _undescribed() -> list[str]:
    """What of the catalogue lacks a source or a description."""
    lacks = Q(status="accepted") & (Q(description="") | Q(source=None) | Q(serves=""))
    found = [*map(str, TraitDefinition.objects.filter(lacks)), *map(str, EventType.objects.filter(lacks))]
    return found + [source.key for source in Source.objects.all() if source.name == source.key]


def _waiting() -> list[str]:
    """What is new: traits and events by what was sent."""
    traits = TraitDefinition.objects.filter(status="new").values_list("key", flat=True)
    return sorted([*traits, *EventType.objects.filter(status="new").values_list("name", flat=True)])


def _rows() -> dict[str, int]:
    """How many rows each table holds."""
    tables = connection.introspection.table_names()
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            [(found[table],)] = cursor.fetchall()
    return found
