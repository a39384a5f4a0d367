"""Laws that the members of any definition keep, whatever the definition means."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from segments.rules.normalise import normalise
from segments.rules.parse import parse
from segments.rules.sql import compile_members
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.layout import tables_of
from tests.rules.oracle.pairs import Case, draw_case
from tests.rules.oracle.world import Happening

SEEDS = range(5_000, 5_012)


@pytest.fixture(scope="module")
def duck() -> DuckEngine:
    return DuckEngine()


def members(duck: DuckEngine, case: Case, definition: Any) -> list[int]:
    """The members over the world that is loaded."""
    zone = case.world.timezone
    parsed = parse(definition, case.catalogue, default_timezone=zone)
    return sorted(duck.ids(compile_members(parsed, case.catalogue, case.world.as_of, default_timezone=zone).sql))


def loaded(duck: DuckEngine, seed: int) -> tuple[Case, Writer]:
    case = draw_case(seed)
    duck.load(tables_of(case.world))
    return case, Writer(Random(seed), case.world)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rule_and_its_opposite_part_the_population(duck: DuckEngine, seed: int) -> None:
    case, writer = loaded(duck, seed)
    definition = writer.definition()
    opposite = {**definition, "rule": {"not": definition["rule"]}}
    both = members(duck, case, definition) + members(duck, case, opposite)
    assert sorted(both) == sorted(case.population(definition["unit"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_normal_form_has_the_same_members(duck: DuckEngine, seed: int) -> None:
    case, writer = loaded(duck, seed)
    definition = writer.definition()
    normal = normalise(parse(definition, case.catalogue, default_timezone=case.world.timezone))
    assert members(duck, case, normal) == members(duck, case, definition)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_event_that_is_still_to_come_changes_nothing(duck: DuckEngine, seed: int) -> None:
    case, writer = loaded(duck, seed)
    definition = writer.definition()
    before = members(duck, case, definition)
    world = case.world
    for number, profile in enumerate(world.profiles):
        for name in world.event_properties:
            moment = world.as_of + timedelta(microseconds=number)
            world.happenings.append(Happening(name, profile.id, profile.company, moment, len(world.happenings), {}))
    duck.load(tables_of(world))
    assert members(duck, case, definition) == before


@pytest.mark.parametrize("seed", SEEDS)
def test_a_longer_window_loses_nobody_who_did_something_often_enough(duck: DuckEngine, seed: int) -> None:
    case, writer = loaded(duck, seed)
    leaf = {"event": writer.event()["event"], "op": "gte", "value": 2}
    found = []
    for days in (1, 7, 30, 365):
        rule = {**leaf, "window": {"last": f"{days} days"}}
        found.append(set(members(duck, case, {"unit": "profile", "rule": rule})))
    assert found[0] <= found[1] <= found[2] <= found[3]
