"""A value in a rule that nobody has, and the one that was probably meant."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from django.utils.translation import gettext_lazy

from profiles.synonyms import of_traits, stored
from segments.checks.base import Check, Finding, Severity
from segments.checks.world import World
from segments.engine.values import FEWEST_HOLDERS, holders
from segments.rules.catalogue import Type, Unit
from segments.rules.nodes import All, Any, Definition, InCompany, Not, People, Rule, Trait
from segments.rules.words.labels import name_of, quoted

CALLED = {Unit.PROFILE: "person", Unit.COMPANY: "company"}


class NeverMatched(Check):
    """A condition "is" or "is any of" on a text trait with a value that nobody has."""

    key = "never_matched"
    title = gettext_lazy("Value never seen")

    def findings(self, world: World) -> Iterable[Finding]:
        """One for each trait and value of a segment."""
        wanted = {pk: list(_conditions(definition)) for pk, definition in world.definitions.items()}
        seen = _seen(world, [each for conditions in wanted.values() for each in conditions])
        synonyms = {unit: of_traits(unit) for unit in Unit}
        for pk, conditions in wanted.items():
            for unit, trait in conditions:
                held = seen.get((unit, trait.key))
                if held is not None:
                    yield from _never(pk, world, unit, trait, held, synonyms[unit].get(trait.key, {}))


def _never(
    pk: int, world: World, unit: Unit, trait: Trait, held: Mapping[str, int], synonyms: Mapping[str, list[str]]
) -> Iterator[Finding]:
    known = {value.casefold() for value in held} if trait.ignore_case else set(held)
    labels = world.labels.profile_traits if unit is Unit.PROFILE else world.labels.company_traits
    for value in _values(trait):
        if (value.casefold() if trait.ignore_case else value) in known:
            continue
        near = stored(synonyms, value) or _near(value, held)
        said = f"No {CALLED[unit]} has {name_of(trait.key, labels)} {quoted(value)}."
        if near:
            said += f" {held.get(near, 0):,} have {quoted(near)}."
        step = (
            f"Write {quoted(near)} in the rule." if near else "Look at the values that the trait has, or at its source."
        )
        yield Finding(
            pk,
            Severity.WARN,
            said,
            step,
            subject=f"{trait.key}={value}"[:255],
            numbers={"trait": trait.key, "value": value, "near": near, "near_holders": held.get(near, 0)},
        )


def _near(value: str, held: Mapping[str, int]) -> str:
    """The value that was probably meant: the same but for capitals and spaces, else one spelt nearly so; or nothing.

    One that few have could point to a person, and is not told.
    """
    common = {each: number for each, number in held.items() if number >= FEWEST_HOLDERS}
    same = [each for each in common if each.strip().casefold() == value.strip().casefold()]
    if same:
        return max(same, key=lambda each: common[each])
    return next(iter(get_close_matches(value, common, n=1, cutoff=0.8)), "")


def _seen(world: World, conditions: Iterable[tuple[Unit, Trait]]) -> dict[tuple[Unit, str], dict[str, int]]:
    values: dict[Unit, set[str]] = defaultdict(set)
    keys: dict[Unit, set[str]] = defaultdict(set)
    for unit, trait in conditions:
        if world.catalogue.traits(unit)[trait.key].type is Type.TEXT:
            keys[unit].add(trait.key)
            values[unit].update(_values(trait))
    return {
        (unit, key): found
        for unit, some in keys.items()
        for key, found in holders(
            unit, {key: world.catalogue.traits(unit)[key] for key in sorted(some)}, values[unit]
        ).items()
    }


def _values(trait: Trait) -> list[str]:
    values = trait.value if isinstance(trait.value, tuple) else (trait.value,)
    return [value for value in values if isinstance(value, str)]


def _conditions(definition: Definition) -> Iterator[tuple[Unit, Trait]]:
    return _below(definition.rule, definition.unit)


def _below(rule: Rule, unit: Unit) -> Iterator[tuple[Unit, Trait]]:
    match rule:
        case Trait(op="eq" | "in"):
            yield unit, rule
        case All(rules) | Any(rules):
            for child in rules:
                yield from _below(child, unit)
        case Not(inner):
            yield from _below(inner, unit)
        case InCompany(inner):
            yield from _below(inner, Unit.COMPANY)
        case People(inner):
            yield from _below(inner, Unit.PROFILE)
