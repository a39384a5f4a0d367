"""What one member actually did or is, beside what a rule needs: “Logged in” 3 times, needs at least 5 times."""

import re
from collections.abc import Sequence as Several
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from segments.rules.catalogue import Unit
from segments.rules.nodes import (
    All,
    Any,
    At,
    AtLeast,
    Event,
    Everyone,
    InCompany,
    Not,
    People,
    Property,
    Rule,
    SegmentRef,
    Sequence,
    Trait,
    Value,
)
from segments.rules.words import marks
from segments.rules.words.comparisons import comparison_words
from segments.rules.words.counts import Compared, times_words, units_words
from segments.rules.words.events import ANY_EVENTS, event_phrase
from segments.rules.words.labels import Labels, is_or_are, joined, name_of, quoted, text_value
from segments.rules.words.sentence import describe_rule
from segments.rules.words.subjects import COMPANY, PERSON
from segments.rules.words.times import moment_words

Measured = float | str | bool | datetime | Several[str] | None
"""What a leaf measured: of a trait its value, of events the measure; None where there is none."""

_INFINITIVES: Final = (
    (re.compile(r"^(?:is|are) known but (?:is|are) not "), "be known but not "),
    (re.compile(r"^(?:is|are) known but does not "), "be known but not "),
    (re.compile(r"^(?:is|are) not "), "not be "),
    (re.compile(r"^(?:is|are) "), "be "),
    (re.compile(r"^(contain|start|end|come)s "), r"\1 "),
    (re.compile(r"^matches "), "match "),
    (re.compile(r"^does not "), "not "),
)
OPENING: Final = marks.value("")[0]
"""What marks the beginning of a value, which no text from outside holds."""
_NOT_KNOWN: Final = re.compile(r"or (?:is|are) not known\)$")
_PLAIN_NUMBERS: Final = frozenset({"eq", "gt", "gte", "lt", "lte", "between", "in"})
"""Operators after which "needs at least 5" is shorter than "needs to be at least 5"."""


def leaf_words(leaf: Rule, unit: Unit, value: Measured, labels: Labels, *, holds: bool) -> str:
    """A leaf: the fact, and what the rule needs."""
    match leaf:
        case Trait():
            name = name_of(leaf.key, labels.profile_traits if unit is Unit.PROFILE else labels.company_traits)
            verb = "needs" if is_or_are(name) == "is" else "need"
            return marks.plain(f"{_trait_fact(leaf, name, value, labels)}, {verb} {_needed(leaf, labels)}")
        case Event():
            return marks.plain(f"{_event_fact(leaf, unit, value, labels)}, needs {_needed_of_events(leaf, labels)}")
        case Sequence():
            happened = "happened" if holds else "did not happen"
            return f"{happened}: {describe_rule(leaf, unit, labels).removeprefix('with ')}"
        case SegmentRef(key):
            return f"{'in' if holds else 'not in'} the segment {quoted(labels.segments.get(key, key))}"
        case Everyone():
            return "true of everyone"
        case _:
            raise ValueError(f"{type(leaf).__name__} is no leaf")


def branch_words(rule: Rule, below: Several[bool], *, holds: bool) -> str:
    """A rule made of others, by what holds of those."""
    true = sum(below)
    match rule:
        case All() if not holds:
            return f"{true} of {len(below)} {_are(true)} true, all are needed"
        case Any() if not holds:
            return f"none of {len(below)} is true, one is needed"
        case All() | Any():
            return f"{true} of {len(below)} {_are(true)} true"
        case Not():
            return f"{_truth(holds=holds)} because what it denies is {_truth(holds=not holds)}"
        case InCompany():
            return f"{'true' if holds else 'not true'} of their company"
        case _:
            raise ValueError(f"{type(rule).__name__} is no branch")


def people_words(rule: People, people: int) -> str:
    """A rule about people, by the number of those of whom it is true."""
    match rule.quantifier:
        case AtLeast(count):
            needed = f"at least {count:,}"
        case "any":
            needed = "at least 1"
        case "all":
            needed = "all of them, and at least one"
        case "none":
            needed = "none"
    return f"{number_of_people(people)}, needs {needed}"


def number_of_people(people: int) -> str:
    """Of how many of a company's people something is true."""
    return f"true of {people:,} of their people" if people else "true of none of their people"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _truth(*, holds: bool) -> str:
    return "true" if holds else "false"


def _trait_fact(trait: Trait, name: str, value: Measured, labels: Labels) -> str:
    match value:
        case None:
            return comparison_words(Trait(trait.key, "is_not_set"), name, labels.most_listed)
        case datetime():
            return f"{name} {is_or_are(name)} {marks.value(moment_words(value))}"
        case bool() | int() | float() | str():
            scalar = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
            return comparison_words(Trait(trait.key, "eq", scalar), name, labels.most_listed)
        case _:
            items = joined([text_value(item) for item in value], "and", labels.most_listed) if value else "empty"
            return f"{name} {is_or_are(name)} {items}"


def _event_fact(event: Event, unit: Unit, value: Measured, labels: Labels) -> str:
    """The phrase of the leaf as if it asked for exactly what was measured."""
    subject = PERSON if unit is Unit.PROFILE else COMPANY
    if isinstance(value, datetime):
        moment = event_phrase(replace(event, op="after", value=At(value), missing=False), subject, labels)
        return f"{moment.body.rpartition(' was ')[0]} was on {marks.value(moment_words(value))}"
    if value is None:
        return event_phrase(replace(event, op="is_not_set", value=None, missing=False), subject, labels).body
    exact = replace(event, op="eq", value=float(cast("float", value)), missing=False)
    said = event_phrase(exact, subject, labels).body
    for note in (" (none counts as 0)", " (and was not 0 before)"):
        said = said.removesuffix(note)
    return said.replace(f"exactly {OPENING}", OPENING, 1)


def _needed_of_events(event: Event, labels: Labels) -> str:
    if event.measure == "count" and event.names is None:
        return units_words(event.op, cast("Compared", event.value), ANY_EVENTS)
    if event.measure == "count":
        return times_words(event.op, cast("Compared", event.value)) or "none"
    if event.measure != "change" or event.value is None:
        return _needed(Property("", event.op, event.value, event.missing), labels)
    percent = _needed(Property("", event.op, _percent(event.value)), labels)
    return f"{percent}%{' (or 0 before)' if event.missing else ''}"


def _percent(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(round(float(cast("float", item)) * 100, 10) for item in value)
    return round(float(cast("float", value)) * 100, 10)


def _needed(leaf: Trait | Property, labels: Labels) -> str:
    """What follows "needs": ``to be Trial``, ``to contain “x”``, ``at least 18``."""
    said = comparison_words(leaf, "", labels.most_listed).strip()
    for pattern, infinitive in _INFINITIVES:
        said, times = pattern.subn(infinitive, said, count=1)
        if times:
            break
    said = _NOT_KNOWN.sub("or not known)", said)
    is_number = _holds_numbers(leaf.value) and leaf.op in _PLAIN_NUMBERS
    return said.removeprefix("be ") if is_number else f"to {said}"


def _holds_numbers(value: Value) -> bool:
    first = value[0] if isinstance(value, tuple) else value
    return isinstance(first, float) and not isinstance(first, bool)
