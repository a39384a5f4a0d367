"""What the builder may offer: traits, events, segments, and the tables of operators and measures, as JSON."""

from collections import defaultdict
from typing import Any

from accounts.actors import Actor
from pages.builder.words import MEASURES as MEASURE_WORDS
from profiles.models import EventProperty, EventType, TraitDefinition, Unit
from segments import selectors
from segments.models import Segment
from segments.registry import USABLE
from segments.rules.operators import MEASURES, OPERATORS, MeasureKind, Operator
from segments.rules.parsing.rules import QUANTIFIERS
from segments.rules.parsing.times import PERIODS
from segments.rules.words.labels import name_of

Json = dict[str, Any]


def vocabulary(*, actor: Actor, segment: Segment | None) -> Json:
    """Everything that a rule may name, for the actor and for this segment, which can't name itself."""
    traits: dict[str, list[Json]] = {unit: [] for unit in Unit}
    for trait in TraitDefinition.objects.select_related("source"):
        traits[trait.unit].append(_trait(trait))
    return {
        "traits": traits,
        "events": _events(),
        "segments": _segments(actor, segment),
        "operators": {kind.value: [_operator(each) for each in table.values()] for kind, table in OPERATORS.items()},
        "measures": [_measure(kind) for kind in MEASURES.values()],
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
        }
    )


def _events() -> list[Json]:
    properties: dict[int, list[Json]] = defaultdict(list)
    for each in EventProperty.objects.all():
        label = each.label or _readable(each.key)
        properties[each.event_type_id].append({"key": each.key, "label": label, "type": each.type})
    return [
        _without_blanks(
            {
                "name": event.name,
                "label": event.label or event.name,
                "source": event.source.name if event.source else "",
                "about": event.description,
                "properties": properties[event.pk],
            }
        )
        for event in EventType.objects.select_related("source")
    ]


def _segments(actor: Actor, segment: Segment | None) -> list[Json]:
    rows = selectors.segments(actor=actor).filter(state__in=USABLE).select_related("team")
    return [
        {"key": each.key, "label": each.name, "unit": each.unit, "source": each.team.name}
        for each in rows.exclude(pk=segment.pk if segment else None)
    ]


def _operator(operator: Operator) -> Json:
    return {
        "name": operator.name,
        "label": operator.label,
        "measured": operator.label.removeprefix("is "),
        "takes": operator.takes.value,
        "ignore_case": operator.ignore_case,
        "missing": operator.missing,
        "trait_only": operator.trait_only,
    }


def _measure(kind: MeasureKind) -> Json:
    return {
        "name": kind.name,
        "label": str(MEASURE_WORDS[kind.name]),
        "result": kind.result.value,
        "of": sorted(kind.of),
        "of_required": kind.of_required,
        "missing": kind.can_miss,
    }


def _readable(key: str) -> str:
    """A key without a label as the head of a line shows it: "Lifetime value"."""
    name = name_of(key, {})
    return name[:1].upper() + name[1:]


def _without_blanks(told: Json) -> Json:
    return {key: value for key, value in told.items() if value not in ("", [])}
