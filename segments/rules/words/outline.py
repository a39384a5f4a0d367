"""A rule as lines with a depth: what a long definition is read in, and what versions are compared by."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from segments.rules.catalogue import Unit
from segments.rules.nodes import (
    All,
    Any,
    AtLeast,
    Definition,
    Event,
    InCompany,
    Not,
    People,
    Rule,
    SegmentRef,
    Sequence,
    Step,
    Trait,
)
from segments.rules.words import marks
from segments.rules.words.events import no_events, some_events
from segments.rules.words.labels import Labels
from segments.rules.words.sentence import DEFAULT, rule_phrase
from segments.rules.words.subjects import COMPANIES, PEOPLE, Subject
from segments.rules.words.times import duration_words, window_words


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outline: how deep it stands, what it says, and the path of the rule that it says."""

    depth: int
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A line with the lines below it.

    `topic` is what a leaf is about ("trait", "plan"), or that it is a group; versions are compared by it. The order
    of what is below says something only where `ordered`.
    """

    text: str
    path: str
    topic: tuple[str, ...]
    below: tuple["Branch", ...] = ()
    ordered: bool = False


def outline(definition: Definition, labels: Labels = DEFAULT) -> tuple[Line, ...]:
    """The definition as lines, a group as a heading with its rules below."""
    return tuple(_lines(outline_tree(definition, labels), 0))


def outline_tree(definition: Definition, labels: Labels = DEFAULT) -> Branch:
    """The same as a tree."""
    subject = PEOPLE if definition.unit is Unit.PROFILE else COMPANIES
    return _plain(_branch(definition.rule, subject, labels, ""))


def _plain(branch: Branch) -> Branch:
    """The branch as people read it, without marks."""
    return replace(branch, text=marks.plain(branch.text), below=tuple(_plain(below) for below in branch.below))


def _lines(branch: Branch, depth: int) -> Iterator[Line]:
    yield Line(depth, branch.text, branch.path)
    for below in branch.below:
        yield from _lines(below, depth + 1)


def _branch(rule: Rule, subject: Subject, labels: Labels, prefix: str) -> Branch:
    """The lines of a rule; `prefix` is what the rules around it, which have no line of their own, say."""
    match rule:
        case All(rules):
            return _group(_after(prefix, "All of:"), rules, rule, subject, labels)
        case Any(rules):
            return _group(_after(prefix, "Any of:"), rules, rule, subject, labels)
        case Not(inner):
            return _negated(rule, inner, subject, labels, prefix)
        case InCompany(inner):
            return _branch(inner, COMPANIES, labels, _after(prefix, "Their company: "))
        case People(inner):
            return _branch(inner, PEOPLE, labels, _after(prefix, f"{_quantity(rule)}: "))
        case Sequence():
            return _sequence(rule, labels, prefix)
        case _:
            line = rule_phrase(rule, subject, labels).line
            return Branch(_after(prefix, line), rule.path, _topic(rule))


def _negated(rule: Not, inner: Rule, subject: Subject, labels: Labels, prefix: str) -> Branch:
    match inner:
        case Not(twice):
            return _branch(twice, subject, labels, prefix)
        case Any(rules):
            return _group(_after(prefix, "None of:"), rules, rule, subject, labels)
        case All(rules):
            return _group(_after(prefix, "Not all of:"), rules, rule, subject, labels)
        case _:
            return _branch(inner, subject, labels, _after(prefix, "Not: "))


def _group(heading: str, rules: tuple[Rule, ...], rule: Rule, subject: Subject, labels: Labels) -> Branch:
    below = tuple(_branch(child, subject, labels, "") for child in rules)
    return Branch(heading, rule.path, ("group",), below)


def _after(prefix: str, text: str) -> str:
    """A line after what stands around it, without a capital of its own."""
    return prefix + text[0].lower() + text[1:] if prefix else text


def _topic(rule: Rule) -> tuple[str, ...]:
    match rule:
        case Trait(key):
            return ("trait", key)
        case Event(names):
            return ("event", *sorted(names or ("*",)))
        case SegmentRef(key):
            return ("segment", key)
        case _:
            return (type(rule).__name__,)


def _sequence(sequence: Sequence, labels: Labels, prefix: str) -> Branch:
    heading = _after(prefix, f"In this order{window_words(sequence.window)}:")
    steps = tuple(
        Branch(_step(step, position, labels), step.path, ("step", *(step.names or ("*",))))
        for position, step in enumerate(sequence.steps)
    )
    return Branch(heading, sequence.path, ("sequence",), steps, ordered=True)


def _step(step: Step, position: int, labels: Labels) -> str:
    events = no_events(step, labels) if step.absent else some_events(step, labels)
    said = f"Then {events}" if position else events[0].upper() + events[1:]
    if step.within is None:
        return said
    return f"{said}{',' if step.where else ''} within {duration_words(step.within)}"


def _quantity(rule: People) -> str:
    match rule.quantifier:
        case AtLeast(1) | "any":
            return "At least one of their people"
        case AtLeast(count):
            return f"At least {count:,} of their people"
        case "all":
            return "All of their people, of whom there are some"
        case _:
            return "None of their people"
