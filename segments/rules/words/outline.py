"""A rule as lines with a depth: what a long definition is read in, and what versions are compared by."""

from dataclasses import dataclass

from segments.rules.catalogue import Unit
from segments.rules.nodes import All, Any, AtLeast, Definition, InCompany, Not, People, Rule, Sequence, Step
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


def outline(definition: Definition, labels: Labels = DEFAULT) -> tuple[Line, ...]:
    """The definition as lines, a group as a heading with its rules below."""
    lines: list[Line] = []
    subject = PEOPLE if definition.unit is Unit.PROFILE else COMPANIES
    _Writer(labels, lines).write(definition.rule, subject, 0, "")
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Writer:
    labels: Labels
    lines: list[Line]

    def write(self, rule: Rule, subject: Subject, depth: int, prefix: str) -> None:
        """Adds the lines of a rule; `prefix` is what the rules around it, which have no line of their own, say."""
        match rule:
            case All(rules):
                self._group("All of", rules, rule.path, subject, depth, prefix)
            case Any(rules):
                self._group("Any of", rules, rule.path, subject, depth, prefix)
            case Not(Any(rules)):
                self._group("None of", rules, rule.path, subject, depth, prefix)
            case Not(All(rules)):
                self._group("Not all of", rules, rule.path, subject, depth, prefix)
            case Not(Not(inner)):
                self.write(inner, subject, depth, prefix)
            case Not(inner):
                self.write(inner, subject, depth, f"{prefix}Not: ")
            case InCompany(inner):
                self.write(inner, COMPANIES, depth, f"{prefix}Their company: ")
            case People(inner):
                self.write(inner, PEOPLE, depth, f"{prefix}{_quantity(rule)}: ")
            case Sequence():
                self._sequence(rule, depth, prefix)
            case _:
                self._add(depth, prefix, rule_phrase(rule, subject, self.labels).line, rule.path)

    def _add(self, depth: int, prefix: str, text: str, path: str) -> None:
        said = text if not prefix else prefix + text[0].lower() + text[1:]
        self.lines.append(Line(depth, said, path))

    def _group(
        self, heading: str, rules: tuple[Rule, ...], path: str, subject: Subject, depth: int, prefix: str
    ) -> None:
        self._add(depth, prefix, f"{heading}:", path)
        for rule in rules:
            self.write(rule, subject, depth + 1, "")

    def _sequence(self, sequence: Sequence, depth: int, prefix: str) -> None:
        self._add(depth, prefix, f"In this order{window_words(sequence.window)}:", sequence.path)
        for position, step in enumerate(sequence.steps):
            self._add(depth + 1, "", self._step(step, position), step.path)

    def _step(self, step: Step, position: int) -> str:
        events = no_events(step, self.labels) if step.absent else some_events(step, self.labels)
        then = f"Then {events}" if position else events[0].upper() + events[1:]
        if step.within is None:
            return then
        return f"{then}{',' if step.where else ''} within {duration_words(step.within)}"


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
