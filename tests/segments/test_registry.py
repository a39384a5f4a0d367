"""The catalogue and the labels, from the database."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.actors import INSTALLATION
from profiles.models import EventProperty
from segments import services
from segments.registry import load_catalogue, load_labels
from segments.rules.catalogue import EventType, Field, Type, Unit
from tests.segments import data

pytestmark = pytest.mark.django_db

EVERYONE = {"everyone": True}


def test_the_catalogue_has_every_name_with_its_type_and_column() -> None:
    data.make_trait("plan", "text")
    data.make_trait("plan", "number", unit="company")
    data.make_event_type("bought", amount="number", tags="list")
    catalogue = load_catalogue()
    assert dict(catalogue.profile_traits) == {"plan": Field("plan", Type.TEXT, "plan")}
    assert dict(catalogue.company_traits) == {"plan": Field("plan", Type.NUMBER, "plan")}
    properties = {"amount": Field("amount", Type.NUMBER, "amount"), "tags": Field("tags", Type.LIST, "tags")}
    assert dict(catalogue.events) == {"bought": EventType("bought", "bought", properties)}


def test_segments_may_be_referred_to_while_live_or_paused() -> None:
    team = data.make_team()
    data.make_segment("draft", team)
    data.live_segment("live", team, EVERYONE, unit="company")
    services.pause(segment=data.live_segment("paused", team, EVERYONE), actor=INSTALLATION)
    services.retire(segment=data.live_segment("retired", team, EVERYONE), actor=INSTALLATION)
    segments = load_catalogue().segments
    assert {key for key, entry in segments.items() if entry.usable} == {"live", "paused"}
    assert segments["draft"].definition is None
    assert segments["live"].unit is Unit.COMPANY
    assert segments["live"].definition == {"unit": "company", "rule": EVERYONE}


def test_the_catalogue_takes_six_queries_however_large_and_one_while_nothing_changes(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    team = data.make_team()
    for number in range(3):
        data.make_trait(f"t{number}", "text")
        data.make_event_type(f"e{number}", a="text", b="text")
        data.live_segment(f"s{number}", team, EVERYONE)
    with django_assert_num_queries(6):
        load_catalogue()
    with django_assert_num_queries(1):
        load_catalogue()


def test_labels_are_the_names_that_people_gave() -> None:
    data.make_trait("plan", "text", label="Plan")
    data.make_trait("age", "number")
    data.make_event_type("bought", amount="number")
    EventProperty.objects.update(label="Amount")
    data.make_segment("all", data.make_team(), name="Everybody")
    labels = load_labels()
    assert labels.profile_traits == {"plan": "Plan"}
    assert labels.events == {}
    assert labels.properties == {"amount": "Amount"}
    assert labels.segments == {"all": "Everybody"}
