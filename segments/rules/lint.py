"""What a definition says that its author can hardly mean: it is valid, and still true of nobody or of everybody.

Only what follows from the definition alone is told, and only where it is sure; no data is looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import inf

from segments.rules.nodes import All, Any, Definition, InCompany, Not, People, Rule, Trait


class Fault(StrEnum):
    """What is odd about a part of a definition."""

    NEGATIVES_ANY = "negatives_any"
    """Negatives joined by "any": who misses one of them is in already."""
    CONTRADICTION = "contradiction"
    """Conditions that no one can fulfil together."""
    ALWAYS_TRUE = "always_true"
    """Alternatives that leave nobody out."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """One fault at the group at `path`; `trait` is the key of the trait it is about, empty for whole conditions."""

    fault: Fault
    path: str
    trait: str = ""


_NEGATIVE = frozenset({"ne", "not_in", "not_contains", "has_none"})


def lint(definition: Definition) -> tuple[Oddity, ...]:
    """All oddities, in the order in which they stand."""
    return tuple(_below(definition.rule))


def _below(rule: Rule) -> Iterator[Oddity]:
    match rule:
        case All(rules, path):
            yield from _contradictions(rules, path)
        case Any(rules, path):
            yield from _tautologies(rules, path)
    for child in _children(rule):
        yield from _below(child)


def _children(rule: Rule) -> Sequence[Rule]:
    match rule:
        case All(rules) | Any(rules):
            return rules
        case Not(inner) | InCompany(inner) | People(inner):
            return (inner,)
    return ()


def _contradictions(rules: Sequence[Rule], path: str) -> Iterator[Oddity]:
    if _has_opposites(rules):
        yield Oddity(Fault.CONTRADICTION, path)
    for key, traits in _by_key(rules):
        if any(_exclude(*pair) for pair in combinations(traits, 2)) or _bounds_cross(traits):
            yield Oddity(Fault.CONTRADICTION, path, key)


def _tautologies(rules: Sequence[Rule], path: str) -> Iterator[Oddity]:
    """Two "is not" of one trait leave out nobody who has it; negatives of different things are only suspicious."""
    always = [key for key, traits in _by_key(rules) if any(_cover(*pair) for pair in combinations(traits, 2))]
    yield from (Oddity(Fault.ALWAYS_TRUE, path, key) for key in always)
    if _has_opposites(rules):
        yield Oddity(Fault.ALWAYS_TRUE, path)
    elif not always and sum(map(_is_negative, rules)) > 1:
        yield Oddity(Fault.NEGATIVES_ANY, path)


def _has_opposites(rules: Sequence[Rule]) -> bool:
    """Whether a condition and its very negation stand side by side."""
    return any(isinstance(rule, Not) and rule.rule in rules for rule in rules)


def _by_key(rules: Sequence[Rule]) -> Iterator[tuple[str, list[Trait]]]:
    """The conditions on each trait of a group; those that let a missing value through say nothing for sure."""
    traits = [rule for rule in rules if isinstance(rule, Trait) and not rule.missing]
    for key in dict.fromkeys(trait.key for trait in traits):
        yield key, [trait for trait in traits if trait.key == key]


def _is_negative(rule: Rule) -> bool:
    return isinstance(rule, Not) or (isinstance(rule, Trait) and rule.op in _NEGATIVE)


def _exclude(first: Trait, second: Trait) -> bool:
    """Whether two conditions on one trait hold for nobody together."""
    if "is_not_set" in (first.op, second.op):
        return first.op != second.op
    chosen, others = _chosen(first, second), _chosen(second, first)
    if chosen is not None and others is not None:
        return not chosen & others
    refused, left = _refused(second, first), chosen
    if refused is None:
        refused, left = _refused(first, second), others
    return refused is not None and left is not None and left <= refused


def _cover(first: Trait, second: Trait) -> bool:
    """Whether each value of a trait fulfils one of two conditions."""
    if {first.op, second.op} == {"is_set", "is_not_set"}:
        return True
    one, other = _refused(first, second), _refused(second, first)
    return one is not None and other is not None and not one & other


def _chosen(trait: Trait, beside: Trait) -> frozenset[object] | None:
    """The values that a condition lets through, if it lists them."""
    return _values(trait, beside) if trait.op in ("eq", "in") else None


def _refused(trait: Trait, beside: Trait) -> frozenset[object] | None:
    return _values(trait, beside) if trait.op in ("ne", "not_in") else None


def _values(trait: Trait, beside: Trait) -> frozenset[object]:
    """As they compare with those of the other condition: without case if either ignores it."""
    values = trait.value if isinstance(trait.value, tuple) else (trait.value,)
    folds = trait.ignore_case or beside.ignore_case
    return frozenset(value.casefold() if folds and isinstance(value, str) else value for value in values)


def _bounds_cross(traits: Sequence[Trait]) -> bool:
    """Whether numbers would have to be above one bound and below a lower one."""
    bounds = [bound for trait in traits if (bound := _bound(trait)) is not None]
    low = max((bound[0] for bound in bounds), default=-inf)
    high = min((bound[1] for bound in bounds), default=inf)
    if low == high:
        return any(trait.op in ("gt", "lt") and trait.value == low for trait in traits)
    return low > high


def _bound(trait: Trait) -> tuple[float, float] | None:
    value = trait.value
    if trait.op == "between" and isinstance(value, tuple) and isinstance(value[0], float):
        return value[0], float(str(value[1]))
    if not isinstance(value, float):
        return None
    return {"gt": (value, inf), "gte": (value, inf), "lt": (-inf, value), "lte": (-inf, value)}.get(trait.op)
