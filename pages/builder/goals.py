"""Segments to start from, one file per goal below ``goals/``.

A file has the segment's `goal`, `name`, `decision` and `unit`, its `rule`, and `slots`: names like ``$used`` that stand
in the rule for a trait or an event, each with the names by which companies know it, the likeliest first. A template
is usable where the catalogue has one of them for every slot.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from segments.rules.catalogue import Catalogue, Unit

FOLDER = Path(__file__).parent / "goals"
Json = Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A template as the catalogue of now allows it: its `definition`, or in `lacks` why there is none."""

    key: str
    goal: str
    name: str
    decision: str
    definition: dict[str, Json] | None
    lacks: str


def goals(catalogue: Catalogue) -> list[Goal]:
    """All templates, in the order of their files."""
    return [_fitted(key, written, catalogue) for key, written in _files().items()]


@cache
def _files() -> Mapping[str, dict[str, Json]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def _fitted(key: str, written: dict[str, Json], catalogue: Catalogue) -> Goal:
    unit = Unit(written["unit"])
    found = {name: _find(slot, unit, catalogue) for name, slot in written["slots"].items()}
    lacks = [_needed(written["slots"][name]) for name, there in found.items() if there is None]
    definition = None if lacks else {"unit": unit.value, "rule": _filled(written["rule"], found)}
    told = _("Needs %(what)s.") % {"what": _(" and ").join(lacks)} if lacks else ""
    return Goal(key, written["goal"], written["name"], written["decision"], definition, told)


def _find(slot: dict[str, Json], unit: Unit, catalogue: Catalogue) -> str | None:
    """The first of the slot's names that the catalogue has; of a trait, with the type that the rule needs."""
    if "event" in slot:
        events = (catalogue.events[name] for name in slot["event"] if name in catalogue.events)
        return next((event.name for event in events if slot.get("property", "") in {"", *event.properties}), None)
    traits = catalogue.traits(unit)
    return next((key for key in slot["trait"] if key in traits and traits[key].type == slot["type"]), None)


def _needed(slot: dict[str, Json]) -> str:
    if "property" in slot:
        said = _("an event like “%(name)s” with a property “%(key)s”")
        return said % {"name": slot["event"][0], "key": slot["property"]}
    if "event" in slot:
        return _("an event like “%(name)s”") % {"name": slot["event"][0]}
    return _("a %(type)s trait like “%(key)s”") % {"type": slot["type"], "key": slot["trait"][0]}


def _filled(part: Json, found: Mapping[str, str | None]) -> Json:
    """A part of the rule with the catalogue's names in its slots."""
    if isinstance(part, dict):
        return {key: _filled(value, found) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, found) for value in part]
    return found.get(part, part) if isinstance(part, str) else part
