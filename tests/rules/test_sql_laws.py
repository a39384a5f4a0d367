"""Laws that the members of any definition keep, whatever the definition means: some in every run, hundreds in the deep.

That a message sent twice counts once is a law of the lake: see `test_lake_laws`.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from segments.rules.normalise import compact_json, definition_sha256, normalise
from segments.rules.parse import parse, parse_text
from segments.rules.sql import compile_members
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.layout import tables_of
from tests.rules.oracle.pairs import Case, draw_case, new_seed
from tests.rules.oracle.world import Happening

SEEDS = range(5_000, 5_010)
DEEP = 200
Json = dict[str, Any]
GROUPS = ("all", "any")


class Loaded:
    """A random world in DuckDB, and a random definition about it."""

    def __init__(self, duck: DuckEngine, seed: int) -> None:
        self.duck = duck
        self.case: Case = draw_case(seed)
        self.random = Random(seed)
        self.writer = Writer(self.random, self.case.world)
        self.load()
        self.definition = self.writer.definition()

    def load(self) -> None:
        self.duck.load(tables_of(self.case.world))

    def parsed(self, definition: Json) -> Any:
        return parse(definition, self.case.catalogue, default_timezone=self.case.world.timezone)

    def members(self, definition: Json) -> list[int]:
        zone = self.case.world.timezone
        parsed = self.parsed(definition)
        query = compile_members(parsed, self.case.catalogue, self.case.world.as_of, default_timezone=zone)
        return sorted(self.duck.ids(query.sql))

    def add(self, happenings: list[Happening]) -> None:
        """More events in the world."""
        self.case.world.happenings += happenings
        self.load()


def opposites_part_the_population(loaded: Loaded) -> None:
    definition = loaded.definition
    opposite = {**definition, "rule": {"not": definition["rule"]}}
    both = loaded.members(definition) + loaded.members(opposite)
    assert sorted(both) == sorted(loaded.case.population(definition["unit"])), definition


def the_normal_form_means_the_same(loaded: Loaded) -> None:
    """And is its own normal form, and has the same hash, also when it is read from its text."""
    parsed = loaded.parsed(loaded.definition)
    normal = normalise(parsed)
    again = parse_text(compact_json(normal), loaded.case.catalogue)
    assert normalise(again) == normal
    assert definition_sha256(again) == definition_sha256(parsed)
    assert loaded.members(normal) == loaded.members(loaded.definition), loaded.definition


def the_order_of_children_is_irrelevant(loaded: Loaded) -> None:
    """To the members and to the hash; the same for names, values and conditions on properties."""
    other = shuffled(loaded.definition, loaded.random)
    assert definition_sha256(loaded.parsed(other)) == definition_sha256(loaded.parsed(loaded.definition))
    assert loaded.members(other) == loaded.members(loaded.definition), loaded.definition


def events_still_to_come_change_nothing(loaded: Loaded) -> None:
    before = loaded.members(loaded.definition)
    world = loaded.case.world
    coming = [
        Happening(name, one.id, one.company, world.as_of + timedelta(microseconds=number), 10_000 + number, {})
        for number, one in enumerate(world.profiles)
        for name in world.event_properties
    ]
    loaded.add(coming)
    assert loaded.members(loaded.definition) == before, loaded.definition


def events_of_nobody_change_nothing(loaded: Loaded) -> None:
    """Those of an unknown person who names no company, or one that nobody knows."""
    before = loaded.members(loaded.definition)
    world = loaded.case.world
    strange = [
        Happening(name, 999, company, world.as_of - timedelta(hours=number), 20_000 + number, {})
        for number, company in enumerate((None, 98))
        for name in world.event_properties
    ]
    loaded.add(strange)
    assert loaded.members(loaded.definition) == before, loaded.definition


def a_longer_window_loses_nobody_who_did_enough(loaded: Loaded) -> None:
    unit = loaded.random.choice(("profile", "company"))
    leaf = {"event": loaded.writer.event()["event"], "op": "gte", "value": loaded.random.randint(1, 3)}
    found: set[int] = set()
    for duration in ("1 hour", "1 day", "1 week", "31 days", "3 months", "1 year"):
        wider = set(loaded.members({"unit": unit, "rule": {**leaf, "window": {"last": duration}}}))
        assert found <= wider, (leaf, duration)
        found = wider


LAWS: tuple[Callable[[Loaded], None], ...] = (
    opposites_part_the_population,
    the_normal_form_means_the_same,
    the_order_of_children_is_irrelevant,
    events_still_to_come_change_nothing,
    events_of_nobody_change_nothing,
    a_longer_window_loses_nobody_who_did_enough,
)


def shuffled(value: Any, random: Random) -> Any:
    """The same said in another order, where order means nothing."""
    if not isinstance(value, dict):
        return value
    result = {key: shuffled(inner, random) for key, inner in value.items()}
    for key in (*GROUPS, "where"):
        if key in result:
            children = [shuffled(child, random) for child in result[key]]
            result[key] = random.sample(children, len(children))
    if "sequence" in result:
        result["sequence"] = [shuffled(step, random) for step in result["sequence"]]
    if isinstance(result.get("event"), list):
        result["event"] = random.sample(result["event"], len(result["event"]))
    if isinstance(result.get("value"), list) and result["op"] != "between":
        result["value"] = random.sample(result["value"], len(result["value"]))
    return dict(random.sample(list(result.items()), len(result)))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_law_holds(duck: DuckEngine, law: Callable[[Loaded], None]) -> None:
    for seed in SEEDS:
        law(Loaded(duck, seed))


@pytest.mark.deep
def test_the_laws_hold_hundreds_of_times(duck: DuckEngine, printed: Callable[[str], None]) -> None:
    first = new_seed()
    for law in LAWS:
        for seed in range(first, first + DEEP):
            law(Loaded(duck, seed))
        printed(f"{law.__name__.replace('_', ' ')}: {DEEP} random definitions, 0 exceptions")
