"""Templates to start from: each is a definition that the language takes, once the catalogue has what it needs."""

import json
from typing import Any

import pytest

from pages.builder.goals import FOLDER, goals
from segments.rules.catalogue import Catalogue, EventType, Field, Type, Unit
from segments.rules.lint import lint
from segments.rules.parse import parse

FILES = sorted(FOLDER.glob("*.json"))


def catalogue_for(written: dict[str, Any]) -> Catalogue:
    """What has the first name of each slot, and nothing else."""
    traits: dict[str, Field] = {}
    events: dict[str, EventType] = {}
    for slot in written["slots"].values():
        if "event" in slot:
            name, key = slot["event"][0], slot.get("property")
            properties = {key: Field(key, Type.TEXT, key)} if key else {}
            events[name] = EventType(name, "table", properties)
        else:
            traits[slot["trait"][0]] = Field(slot["trait"][0], Type(slot["type"]), "column")
    of_people = traits if written["unit"] == Unit.PROFILE else {}
    return Catalogue(profile_traits=of_people, company_traits={} if of_people else traits, events=events)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_template_is_a_definition_with_nothing_odd_about_it(path: Any) -> None:
    catalogue = catalogue_for(json.loads(path.read_text(encoding="utf-8")))
    [goal] = [goal for goal in goals(catalogue) if goal.key == path.stem]
    assert (goal.lacks, len(goal.name) < 150, bool(goal.decision)) == ("", True, True)
    if "$plan" in path.read_text(encoding="utf-8"):
        return  # which plans are meant is for the person to choose
    assert goal.definition is not None
    assert lint(parse(goal.definition, catalogue)) == ()


def test_there_are_twenty_and_each_names_another_segment() -> None:
    offered = goals(Catalogue())
    assert len({goal.name for goal in offered}) == len(offered) == 20
