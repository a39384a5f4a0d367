"""Counts of a definition at every node, in one query."""

from typing import Any

import pyarrow as pa
import pytest
from django.db import transaction

from lib import clock
from profiles.lake import batches
from profiles.models import Profile, TraitDefinition
from segments import engine
from segments.engine import EngineError, Preview
from segments.registry import load_catalogue
from segments.rules.parse import parse
from tests.segments import data, small_world
from tests.segments.small_world import AS_OF, LARGE, OFTEN, PAID

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict[str, Profile]:
    return small_world.build()


def previewed(document: object, **given: float) -> Preview:
    catalogue = load_catalogue()
    return engine.preview(parse(document, catalogue), catalogue=catalogue, as_of=AS_OF, **given)


def test_a_preview_counts_members_and_their_share(people: dict[str, Profile]) -> None:
    found = previewed(small_world.definition(PAID))
    assert (found.count, found.population, found.share) == (2, 4, 0.5)
    assert sorted(found.sample) == sorted([people["ann"].pk, people["cat"].pk])
    assert found.as_of == AS_OF
    assert found.milliseconds > 0


def test_every_node_is_counted_under_its_path(people: dict[str, Profile]) -> None:
    found = previewed(small_world.definition({"all": [PAID, {"any": [LARGE, {"not": OFTEN}]}]}))
    assert dict(found.nodes) == {
        "rule": 2,
        "rule.all[0]": 2,
        "rule.all[1]": 4,
        "rule.all[1].any[0]": 2,
        "rule.all[1].any[1]": 3,
        "rule.all[1].any[1].not": 1,
    }


def test_below_people_a_node_counts_companies_with_one_of_them(people: dict[str, Profile]) -> None:
    rule = {"people": {"all": [PAID, {"event": "logged_in"}]}, "quantifier": "any"}
    found = previewed(small_world.definition(rule, "company"))
    assert (found.count, found.population) == (1, 2)
    assert dict(found.nodes) == {
        "rule": 1,
        "rule.people": 1,
        "rule.people.all[0]": 2,
        "rule.people.all[1]": 1,
    }


def test_the_count_of_a_node_is_that_of_its_rule_alone(people: dict[str, Profile]) -> None:
    rules: list[dict[str, Any]] = [
        PAID,
        LARGE,
        OFTEN,
        {"not": PAID},
        {"company": {"not": {"trait": "renewal_at", "op": "is_set"}}},
    ]
    found = previewed(small_world.definition({"any": rules}))
    catalogue = load_catalogue()
    for position, rule in enumerate(rules):
        alone = parse(small_world.definition(rule), catalogue)
        members = engine.evaluate(alone, catalogue=catalogue, as_of=AS_OF).members
        assert found.nodes[f"rule.any[{position}]"] == len(members)


def test_segments_are_written_out_not_taken_from_what_is_stored(people: dict[str, Profile]) -> None:
    data.live_segment("paid", data.make_team(), PAID)  # never computed
    found = previewed(small_world.definition({"not": {"segment": "paid"}}))
    assert dict(found.nodes) == {"rule": 2, "rule.not": 2}


def test_nobody_is_a_count_too(people: dict[str, Profile]) -> None:
    found = previewed(small_world.definition({"not": {"everyone": True}}))
    assert (found.count, found.share, found.sample) == (0, 0.0, ())


def test_an_empty_registry_has_no_share() -> None:
    found = previewed(small_world.definition({"everyone": True}))
    assert (found.count, found.population, found.share) == (0, 0, 0.0)


def test_a_sample_is_small_and_the_same_each_time() -> None:
    data.make_trait("plan", "text")
    everybody = {data.make_profile(f"p{number}", plan="Paid").pk for number in range(12)}
    first, again = (previewed(small_world.definition(PAID)).sample for _ in range(2))
    assert len(first) == 5
    assert first == again
    assert set(first) <= everybody


def test_now_is_the_clock_of_the_database(people: dict[str, Profile]) -> None:
    catalogue, before = load_catalogue(), clock.now()
    found = engine.preview(parse(small_world.definition(OFTEN), catalogue), catalogue=catalogue)
    assert before <= found.as_of <= clock.now()
    assert found.count == 0


def stage_many_events(number: int) -> None:
    """Events of one person, each with a text of its own, straight into the lake."""
    data.make_event_type("page_viewed", path="text")
    person = data.make_profile("reader")
    columns = {
        "user_id": pa.array([person.pk] * number, pa.int64()),
        "timestamp": pa.array([data.AGES_AGO] * number, pa.timestamp("us", tz="UTC")),
        "message_id": pa.array([str(position) for position in range(number)]),
        "path": pa.array([f"/pages/{position:050}" for position in range(number)]),
    }
    with transaction.atomic():
        batches.stage({"page_viewed": pa.table(columns)})


def test_what_takes_too_long_is_stopped_and_says_what_to_do() -> None:
    stage_many_events(300_000)
    distinct = {"event": "page_viewed", "measure": "distinct", "of": "path", "op": "gte", "value": 1}
    rules = [
        {**distinct, "where": [{"property": "path", "op": "matches", "value": f"({digit}[0-9]*){{3}}$"}]}
        for digit in range(10)
    ]
    with pytest.raises(EngineError) as stopped:
        previewed(small_world.definition({"any": rules}), seconds=0.1)
    assert stopped.value.code == "over_budget"
    assert "Shorten its windows" in stopped.value.message


def test_a_segment_that_has_become_invalid_is_named(people: dict[str, Profile]) -> None:
    data.live_segment("paid", data.make_team(), PAID)
    TraitDefinition.objects.get(key="plan").delete()
    with pytest.raises(EngineError) as refused:
        previewed(small_world.definition({"segment": "paid"}))
    assert refused.value.code == "dependency_failed"
    assert "plan" in refused.value.message
