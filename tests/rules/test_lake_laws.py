"""The whole way of a random world: imported as files, evaluated over the lake by the engine, as the reference says.

And a message that is sent twice counts once, whatever its second copy says.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command

from profiles.models import Company, Identity
from segments.engine import EngineError, evaluate_many
from segments.engine.jobs import Job
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue
from segments.rules.parse import parse
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.pairs import Case, draw_case, explain, new_seed
from tests.rules.oracle.world import Happening, Value

EACH = 25
Json = dict[str, Any]


class Installed:
    """A world in the registry of this test."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.folder = folder
        folder.mkdir()
        world = case.world
        kinds = {
            "profile_traits": world.profile_traits,
            "company_traits": world.company_traits,
            "events": world.event_properties,
        }
        (folder / "types.json").write_text(json.dumps(kinds), encoding="utf-8")
        people = [
            {"external_id": f"p{one.id}", "traits": written(one.traits)}
            | ({} if one.company is None else {"company_id": f"c{one.company}"})
            for one in world.profiles
        ]
        companies = [{"external_id": f"c{one.id}", "traits": written(one.traits)} for one in world.companies]
        self.send("import_companies", companies)
        self.send("import_profiles", people)

    def send(self, command: str, rows: list[Json]) -> None:
        path = self.folder / f"{command}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        types = str(self.folder / "types.json")
        call_command(command, str(path), "--yes", "--types", types, stdout=StringIO(), stderr=StringIO())

    def catalogue(self) -> Catalogue:
        """That of the registry, with the world's segments."""
        return replace(load_catalogue(), segments=self.case.catalogue.segments)

    def members(self, definitions: list[Json]) -> list[set[int]]:
        """The ids in the world of the members of each definition."""
        catalogue = self.catalogue()
        jobs = [Job(parse(one, catalogue), self.case.world.as_of) for one in definitions]
        people = Identity.objects.filter(kind=Identity.Kind.EXTERNAL_ID).values_list("profile_id", "value")
        names = {
            "profile": dict(people),
            "company": dict(Company.objects.values_list("pk", "external_id")),
        }
        found: dict[int, set[int]] = {}
        for place, outcome in evaluate_many(jobs, catalogue=catalogue):
            assert not isinstance(outcome, EngineError), (outcome, definitions[place])
            units = names[definitions[place]["unit"]]
            found[place] = {int(units[member][1:]) for member in outcome.members}
        return [found[place] for place in range(len(definitions))]


def written(values: dict[str, Value]) -> Json:
    return {
        key: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
    }


def row_of(happening: Happening) -> Json | None:
    """The row of an import; None for an event of nobody at all, which an import refuses."""
    who: Json = {}
    if happening.person is not None:
        who["anonymous_id" if happening.person == 999 else "user_id"] = f"p{happening.person}"
    if happening.company is not None:
        who["company_id"] = f"c{happening.company}"
    if not who:
        return None
    row = {"event": happening.name, "timestamp": happening.timestamp.isoformat()}
    return {**row, **who, "message_id": f"m{happening.message_id}", "properties": written(happening.properties)}


def with_timezones(case: Case) -> None:
    """Writes the installation's timezone of the world into its segments: the test's has another."""
    for definition in case.world.segments.values():
        definition.setdefault("timezone", case.world.timezone)


def check(seed: int, folder: Path) -> int:
    case = draw_case(seed)
    with_timezones(case)
    installed = Installed(case, folder)
    world = case.world
    writer = Writer(Random(seed), world)
    definitions = [{"timezone": world.timezone, **writer.definition()} for _ in range(EACH)]
    expected = [case.oracle.members(one) for one in definitions]
    first = world.events()
    copies = [one for one in world.happenings if one not in first]
    assert copies
    for happenings in (first, copies):
        installed.send("import_events", [row for row in map(row_of, happenings) if row is not None])
        for definition, members, wanted in zip(definitions, installed.members(definitions), expected, strict=True):
            assert members == wanted, explain(definition, case, wanted)
    return 2 * EACH


@pytest.mark.django_db(transaction=True)
def test_the_engine_over_the_lake_gives_the_members_that_the_reference_gives(tmp_path: Path) -> None:
    assert check(7, tmp_path / "world") == 2 * EACH


@pytest.mark.deep
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", range(6))
def test_a_message_sent_twice_counts_once(part: int, tmp_path: Path, printed: Callable[[str], None]) -> None:
    answers = check(new_seed(), tmp_path / "world")
    printed(f"the engine over the lake: {answers} answers, half of them after copies came in, 0 differences")
