"""Random definitions together, as sets over shared queries: each has the members that the reference gives it."""

from contextlib import closing
from random import Random

import pytest
from pyroaring import BitMap64

from segments.engine.asking import Asking
from segments.engine.plans import Plan
from segments.engine.sets import Sets
from segments.rules.nodes import Definition
from segments.rules.parse import parse
from segments.rules.sql import SetPlanner
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.layout import tables_of
from tests.rules.oracle.pairs import Case, draw_case, explain

SEEDS = range(24)
EACH = 10


def planned(case: Case, definitions: list[Definition], relations: dict[str, str]) -> Plan:
    planner = SetPlanner(case.catalogue, case.world.as_of, relations, default_timezone=case.world.timezone)
    formulas = {place: planner.add(definition) for place, definition in enumerate(definitions)}
    return Plan(formulas, {}, planner.queries(), planner.populations, relations)


@pytest.mark.parametrize("seed", SEEDS)
def test_definitions_evaluated_together_have_the_members_of_the_reference(seed: int) -> None:
    case, engine = draw_case(seed), DuckEngine()
    engine.load(tables_of(case.world))
    writer = Writer(Random(seed), case.world)
    segments = list(case.world.segments.values())
    documents = [*segments, *(writer.definition() for _ in range(EACH))]
    definitions = [parse(document, case.catalogue, default_timezone=case.world.timezone) for document in documents]
    relations = {key: f"_members_{place}" for place, key in enumerate(case.world.segments)}

    with closing(Asking(engine.connection)) as asking:
        for read in ({}, relations):  # the segments written out, and as members that were found before
            plan = planned(case, definitions, read)
            found: dict[str, BitMap64] = {}
            sets = Sets(asking, plan, found.__getitem__)
            for place, document in enumerate(documents):
                expected = case.oracle.members(document)
                members = sets.of(plan.formulas[place])
                assert set(members) == expected, explain(document, case, expected)
                if place < len(segments):
                    found[list(relations)[place]] = members
