"""For random definitions over random data: every node of `why` is what the reference says of its rule."""

import re
from random import Random
from typing import Any

import pytest

from segments.engine.why import WhyNode, explaining, tree_of
from segments.rules.parse import parse
from segments.rules.sql import compile_nodes
from segments.rules.words import Labels
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.layout import tables_of
from tests.rules.oracle.pairs import Case, draw_case

EACH = 4
STEP = re.compile(r"\[(\d+)\]|\.?([a-z_]+)")
GROUPS = {"all": all, "any": any, "not": lambda below: not any(below), "company": any}


def part(document: Any, path: str) -> Any:
    """What stands at a path of a definition."""
    for position, key in STEP.findall(path):
        document = document[int(position)] if position else document[key]
    return document


def check_node(node: WhyNode, document: Any, case: Case, unit: str, member: Any) -> None:
    """The node, and what is below it down to rules about people, of whom there are many."""
    rule = part(document, node.path)
    is_short = node.kind == "trait" and rule["trait"].startswith("company.")
    asked = rule | {"trait": rule["trait"].removeprefix("company.")} if is_short and unit == "company" else rule
    assert node.holds == case.oracle.holds(asked, unit, member, document.get("timezone", case.world.timezone)), node
    assert node.words
    if node.kind in GROUPS:
        assert node.holds == GROUPS[node.kind]([below.holds for below in node.rules])
    if node.kind == "company":
        companies = {company.id: company for company in case.world.companies}
        if member.company not in companies:
            assert node.words == "belongs to no company"
            return
        unit, member = "company", companies[member.company]
    if node.kind != "people":
        for below in node.rules:
            check_node(below, document, case, unit, member)


@pytest.mark.parametrize("seed", range(12))
def test_every_node_is_as_the_reference_says(seed: int) -> None:
    case, engine = draw_case(seed), DuckEngine()
    engine.load(tables_of(case.world))
    writer, zone = Writer(Random(seed), case.world), case.world.timezone
    for _ in range(EACH):
        document = writer.definition()
        definition = parse(document, case.catalogue, default_timezone=zone)
        query = compile_nodes(definition, case.catalogue, case.world.as_of, default_timezone=zone)
        rows = engine.connection.sql(explaining(query)).to_arrow_table().to_pylist()
        members = {member.id: member for member in case.oracle.population(document["unit"])}
        assert {row["id"] for row in rows} == set(members)
        expected = case.oracle.members(document)
        for row in rows:
            tree = tree_of(definition, query, row, Labels())
            assert tree.holds == (row["id"] in expected)
            check_node(tree, document, case, definition.unit.value, members[row["id"]])
