"""What the builder may offer: traits, events, segments, and the tables of operators and measures, as JSON."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from pages.builder.words import MEASURES
from profiles.models import EventProperty, EventType, Status, TraitDefinition, Unit
from segments import selectors
from segments.models import Segment
from segments.registry import USABLE
from segments.rules.parsing.rules import QUANTIFIERS
from segments.rules.parsing.times import PERIODS
from segments.rules.schema import schema
from segments.rules.words.labels import name_of

Json = dict[str, Any]


def vocabulary(*, actor: Actor, segment: Segment | None) -> Json:
    """Everything that a rule may name, for the actor and for this segment, which can't name itself.

    What is `hidden` is there for the rules that name it; pickers do not offer it.
    """
    language = schema()
    traits: dict[str, list[Json]] = {unit: [] for unit in Unit}
    for trait in TraitDefinition.objects.select_related("source"):
        traits[trait.unit].append(_trait(trait))
    return {
        "traits": traits,
        "events": _events(),
        "segments": _segments(actor, segment),
        "operators": _operators(language["x-operators"]),
        "measures": [each | {"label": str(MEASURES[each["name"]])} for each in language["x-measures"]],
        "periods": list(PERIODS),
        "quantifiers": list(QUANTIFIERS),
    }


def _trait(trait: TraitDefinition) -> Json:
    return _without_blanks(
        {
            "key": trait.key,
            "label": trait.label or _readable(trait.key),
            "type": trait.type,
            "source": trait.source.name if trait.source else "",
            "about": trait.description,
            "hidden": trait.status == Status.HIDDEN,
        }
    )


def _events() -> list[Json]:
    properties: dict[int, list[Json]] = defaultdict(list)
    for each in EventProperty.objects.all():
        label = each.label or _readable(each.key)
        told = {"key": each.key, "label": label, "type": each.type, "hidden": each.status == Status.HIDDEN}
        properties[each.event_type_id].append(_without_blanks(told))
    return [
        _without_blanks(
            {
                "name": event.name,
                "label": event.label or event.name,
                "source": event.source.name if event.source else "",
                "about": event.description,
                "hidden": event.status == Status.HIDDEN,
                "properties": properties[event.pk],
            }
        )
        for event in EventType.objects.select_related("source")
    ]


def _segments(actor: Actor, segment: Segment | None) -> list[Json]:
    rows = selectors.segments(actor=actor).filter(state__in=USABLE).select_related("team")
    return [
        {"key": each.key, "label": each.name, "unit": each.unit, "source": each.team.name}
        for each in rows.exclude(key=segment.key if segment else "")
    ]


def _operators(tables: Mapping[str, list[Json]]) -> dict[str, list[Json]]:
    """The operators by type, each also as it is called after a measure: "at least" without its verb."""
    return {
        kind: [each | {"measured": each["label"].removeprefix("is ")} for each in table]
        for kind, table in tables.items()
    }


def _readable(key: str) -> str:
    """A key without a label as the head of a line shows it: "Lifetime value"."""
    name = name_of(key, {})
    return name[:1].upper() + name[1:]


def _without_blanks(told: Json) -> Json:
    return {key: value for key, value in told.items() if value not in ("", [], False)}
