"""Definitions about one small world, with the members that RULES gives them, worked out by hand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from segments.rules.parse import parse
from segments.rules.sql import compile_members, to_sql
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.evaluate import Oracle
from tests.rules.oracle.layout import catalogue_of, tables_of
from tests.rules.oracle.world import Profile, World

AS_OF = datetime(2026, 3, 29, 1, tzinfo=UTC)

SPACES = World(
    as_of=AS_OF,
    timezone="UTC",
    profile_traits={"plan": "text"},
    company_traits={},
    event_properties={},
    profiles=[Profile(1, None, {"plan": "\u00a0"}), Profile(2, None, {"plan": " "}), Profile(3, None, {"plan": "'"})],
    companies=[],
    happenings=[],
)

CASES = [
    # RULES 2.2: compared exactly by code point. DuckDB takes a quote in a comment for the start of a text.
    (SPACES, {"trait": "plan", "op": "in", "value": ["\u00a0", "x"]}, {1}),
    (SPACES, {"trait": "plan", "op": "in", "value": ["\u00a0", "'"]}, {1, 3}),
    (SPACES, {"trait": "plan", "op": "not_in", "value": ["\u00a0", '"']}, {2, 3}),
]


def _document(rule: dict[str, Any]) -> dict[str, Any]:
    return {"unit": "profile", "rule": rule}


@pytest.mark.parametrize(("world", "rule", "members"), CASES)
def test_the_engine_and_the_printed_query_find_the_members_worked_out_by_hand(
    world: World, rule: dict[str, Any], members: set[int]
) -> None:
    engine = DuckEngine()
    engine.load(tables_of(world))
    catalogue = catalogue_of(world)
    definition = parse(_document(rule), catalogue, default_timezone=world.timezone)
    assert set(engine.ids(compile_members(definition, catalogue, world.as_of).sql)) == members
    assert set(engine.ids(to_sql(definition, catalogue, world.as_of, "duckdb"))) == members


@pytest.mark.parametrize(("world", "rule", "members"), CASES)
def test_the_reference_finds_the_members_worked_out_by_hand(
    world: World, rule: dict[str, Any], members: set[int]
) -> None:
    assert Oracle(world).members(_document(rule)) == members
