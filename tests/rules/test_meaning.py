"""Sentences of RULES, each with the members worked out by hand: the compiler and the reference find the same."""

import pytest

from segments.rules.parse import parse
from segments.rules.sql import compile_members, to_sql
from tests.rules.meaning import CASES, Case, world_of
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.evaluate import Oracle
from tests.rules.oracle.layout import catalogue_of, tables_of

every_case = pytest.mark.parametrize("case", CASES, ids=[case.sentence for case in CASES])


@every_case
def test_the_engine_and_the_printed_query_find_the_members(case: Case) -> None:
    world = world_of(case)
    catalogue = catalogue_of(world)
    engine = DuckEngine()
    engine.load(tables_of(world))
    definition = parse({"unit": "profile", "rule": case.rule}, catalogue, default_timezone=case.timezone)
    assert set(engine.ids(compile_members(definition, catalogue, world.as_of).sql)) == case.members
    assert set(engine.ids(to_sql(definition, catalogue, world.as_of, "duckdb"))) == case.members


@every_case
def test_the_reference_finds_the_members(case: Case) -> None:
    assert Oracle(world_of(case)).members({"unit": "profile", "rule": case.rule}) == case.members
