"""Reader of RULE: finds out of which kind a rule is, and reads groups, traits, companies and people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any as AnyValue
from typing import Final, Literal, cast

from segments.rules.catalogue import Field, Unit
from segments.rules.errors import Code
from segments.rules.nodes import (
    All,
    Any,
    AtLeast,
    Everyone,
    InCompany,
    Not,
    People,
    Quantifier,
    Rule,
    Trait,
)
from segments.rules.parsing.comparisons import COMPARISON_KEYS, Operand, read_comparison
from segments.rules.parsing.events import read_event, read_sequence
from segments.rules.parsing.reading import (
    Reading,
    check_keys,
    read_choice,
    read_object,
    read_whole,
    shown,
    wrong_type,
)
from segments.rules.parsing.references import read_reference
from segments.rules.paths import Path, show_path

MOST_LEVELS: Final = 16
COMPANY_PREFIX: Final = "company."
QUANTIFIERS: Final = ("any", "all", "none")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule stands: its path, what is counted there (None if the document does not say), its level from 1."""

    path: Path
    unit: Unit | None
    level: int = 1

    def below(self, *steps: str | int) -> "Place":
        """The place of a rule inside this one, about the same unit."""
        return Place((*self.path, *steps), self.unit, self.level + 1)

    def below_about(self, unit: Unit, step: str) -> "Place":
        """The place of a rule inside this one, about another unit."""
        return Place((*self.path, step), unit, self.level + 1)


def read_rule(reading: Reading, place: Place, value: object) -> Rule | None:
    """A rule of any kind."""
    path = place.path
    obj = read_object(reading, path, value, "a rule")
    if obj is None:
        return None
    if place.level > MOST_LEVELS:
        reading.add(path, Code.LIMIT, f"Rules are nested deeper than {MOST_LEVELS} levels: make this one a segment")
        return None
    kinds = [key for key in obj if key in KINDS]
    if len(kinds) != 1:
        _report_kinds(reading, path, obj, kinds)
        return None
    return _READERS[kinds[0]](reading, place, obj)


def _report_kinds(reading: Reading, path: Path, obj: Mapping[str, AnyValue], kinds: list[str]) -> None:
    if kinds:
        message = f"A rule is of one kind, and this one has {' and '.join(repr(kind) for kind in kinds)}: use a group"
    else:
        hints = [reading.findings.suggest(str(key), KINDS) for key in list(obj)[:3]]
        hint = next((hint for hint in hints if hint), "")
        message = f"This is no rule: it needs one of {', '.join(KINDS)}{hint}"
    reading.add(path, Code.RULE_KIND, message)


def _read_rules(reading: Reading, place: Place, obj: Mapping[str, AnyValue], kind: str) -> tuple[Rule, ...]:
    """The children of a group."""
    check_keys(reading, place.path, obj, (kind,))
    value = obj[kind]
    if not isinstance(value, list):
        wrong_type(reading, (*place.path, kind), value, "a list of rules")
        return ()
    if not value:
        message = "The group is empty: add a condition; everybody is {'everyone': true}"
        reading.add((*place.path, kind), Code.EMPTY, message)
    rules = [read_rule(reading, place.below(kind, position), item) for position, item in enumerate(value)]
    return tuple(rule for rule in rules if rule is not None)


def _read_all(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    return All(_read_rules(reading, place, obj, "all"), show_path(place.path))


def _read_any(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    return Any(_read_rules(reading, place, obj, "any"), show_path(place.path))


def _read_not(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    check_keys(reading, place.path, obj, ("not",))
    rule = read_rule(reading, place.below("not"), obj["not"])
    return None if rule is None else Not(rule, show_path(place.path))


def _read_company(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    check_keys(reading, place.path, obj, ("company",))
    if place.unit is Unit.COMPANY:
        message = "This rule is about companies already: write what 'company' holds without it"
        reading.add((*place.path, "company"), Code.WRONG_UNIT, message)
    rule = read_rule(reading, place.below_about(Unit.COMPANY, "company"), obj["company"])
    return None if rule is None else InCompany(rule, show_path(place.path))


def _read_people(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    check_keys(reading, place.path, obj, ("people", "quantifier"))
    if place.unit is Unit.PROFILE:
        message = "This rule is about people already: 'people' stands where companies are counted, or inside 'company'"
        reading.add((*place.path, "people"), Code.WRONG_UNIT, message)
    rule = read_rule(reading, place.below_about(Unit.PROFILE, "people"), obj["people"])
    quantifier: Quantifier | None = "any"
    if "quantifier" in obj:
        quantifier = _read_quantifier(reading, (*place.path, "quantifier"), obj["quantifier"])
    return None if rule is None or quantifier is None else People(rule, quantifier, show_path(place.path))


def _read_quantifier(reading: Reading, path: Path, value: object) -> Quantifier | None:
    if isinstance(value, dict):
        check_keys(reading, path, value, ("at_least",), required=("at_least",))
        if "at_least" not in value:
            return None
        count = read_whole(reading, (*path, "at_least"), value["at_least"])
        return None if count is None else AtLeast(count)
    if not isinstance(value, str):
        wrong_type(reading, path, value, "'any', 'all', 'none' or {'at_least': N}")
        return None
    return cast("Literal['any', 'all', 'none'] | None", read_choice(reading, path, value, QUANTIFIERS))


def _read_trait(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    reading.leaves += 1
    path, key = place.path, obj["trait"]
    check_keys(reading, path, obj, ("trait", *COMPARISON_KEYS), required=("op",))
    trait = _find_trait(reading, (*path, "trait"), key, place.unit)
    name = f"trait {shown(key)}" if isinstance(key, str) else "the trait"
    compared = read_comparison(reading, path, obj, Operand(name, trait.type if trait else None, trait=True))
    if compared is None or trait is None:
        return None
    leaf = Trait(trait.key, compared.op, compared.value, compared.missing, compared.ignore_case, show_path(path))
    return InCompany(leaf, leaf.path) if key.startswith(COMPANY_PREFIX) else leaf


def _find_trait(reading: Reading, path: Path, key: object, unit: Unit | None) -> Field | None:
    """The trait that a key names; ``company.X`` is the company's trait X."""
    if not isinstance(key, str):
        wrong_type(reading, path, key, "the key of a trait (a text)")
        return None
    if key.startswith(COMPANY_PREFIX):
        return _find_company_trait(reading, path, key, unit)
    if unit is None:
        return None
    trait = reading.catalogue.traits(unit).get(key)
    if trait is None:
        known = list(reading.catalogue.traits(unit))
        if unit is Unit.PROFILE:
            known += [COMPANY_PREFIX + name for name in reading.catalogue.company_traits]
        exact = COMPANY_PREFIX + key
        hint = f"; did you mean '{exact}'?" if exact in known else reading.findings.suggest(key, known)
        owner = "people have" if unit is Unit.PROFILE else "companies have"
        message = f"There is no trait {shown(key)}{hint or f'; the catalogue lists the traits that {owner}'}"
        reading.add(path, Code.UNKNOWN_TRAIT, message)
    return trait


def _find_company_trait(reading: Reading, path: Path, key: str, unit: Unit | None) -> Field | None:
    name = key.removeprefix(COMPANY_PREFIX)
    traits = reading.catalogue.company_traits
    if unit is Unit.COMPANY:
        message = f"This rule is about companies already: write {shown(name)} without '{COMPANY_PREFIX}'"
        reading.add(path, Code.WRONG_UNIT, message)
    elif name not in traits:
        hint = reading.findings.suggest(key, [COMPANY_PREFIX + known for known in traits])
        message = (
            f"There is no company trait {shown(name)}{hint or '; the catalogue lists the traits that companies have'}"
        )
        reading.add(path, Code.UNKNOWN_TRAIT, message)
    return traits.get(name)


def _read_event(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    return read_event(reading, place.path, obj)


def _read_sequence(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    return read_sequence(reading, place.path, obj)


def _read_segment(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    check_keys(reading, place.path, obj, ("segment",))
    return read_reference(reading, place.path, obj["segment"], place.unit)


def _read_everyone(reading: Reading, place: Place, obj: Mapping[str, AnyValue]) -> Rule | None:
    reading.leaves += 1
    check_keys(reading, place.path, obj, ("everyone",))
    here = (*place.path, "everyone")
    if obj["everyone"] is False:
        message = "'everyone' can only be true: nobody is {'not': {'everyone': true}}"
        reading.add(here, Code.BAD_VALUE, message)
    elif obj["everyone"] is not True:
        wrong_type(reading, here, obj["everyone"], "true")
    return Everyone(show_path(place.path))


_READERS: Final[Mapping[str, Callable[[Reading, Place, Mapping[str, AnyValue]], Rule | None]]] = {
    "all": _read_all,
    "any": _read_any,
    "not": _read_not,
    "company": _read_company,
    "people": _read_people,
    "trait": _read_trait,
    "event": _read_event,
    "sequence": _read_sequence,
    "segment": _read_segment,
    "everyone": _read_everyone,
}
KINDS: Final = tuple(_READERS)
"""The keys of which a rule has exactly one."""
