"""The sentence: a noun, and the phrases that follow it."""

from dataclasses import replace

from segments.rules.catalogue import Unit
from segments.rules.nodes import (
    All,
    Any,
    AtLeast,
    Definition,
    Event,
    Everyone,
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
from segments.rules.words.calendar import uses_calendar
from segments.rules.words.comparisons import comparison_words, scalar_words
from segments.rules.words.events import event_phrase, no_events, some_events
from segments.rules.words.labels import Labels, name_of, quoted
from segments.rules.words.subjects import COMPANIES, COMPANY, PEOPLE, PERSON, Phrase, Subject, phrase
from segments.rules.words.times import duration_words, window_words

DEFAULT = Labels()


def describe(definition: Definition, labels: Labels = DEFAULT) -> str:
    """The whole definition as one English sentence.

    A timezone other than UTC is said where days, dates, months or years depend on it.
    """
    return marks.plain(_sentence(definition, labels))


def describe_spans(definition: Definition, labels: Labels = DEFAULT) -> tuple[marks.Span, ...]:
    """The same sentence in pieces: what somebody chose, the words that join rules, and the rest."""
    return marks.spans(_sentence(definition, labels))


def describe_rule(rule: Rule, unit: Unit, labels: Labels = DEFAULT) -> str:
    """One rule as a phrase that follows "people" or "companies": ``whose plan is Trial``."""
    return marks.plain(_joined(rule, PEOPLE if unit is Unit.PROFILE else COMPANIES, labels))


def _sentence(definition: Definition, labels: Labels) -> str:
    subject = PEOPLE if definition.unit is Unit.PROFILE else COMPANIES
    noun = "People" if subject is PEOPLE else "Companies"
    match definition.rule:
        case Everyone():
            said = f"All {noun.lower()}"
        case Not(Everyone()):
            said = f"No {noun.lower()} at all"
        case Not(rule) if not _has_own_negative(rule):
            said = f"All {noun.lower()} except those {_joined(rule, subject, labels)}"
        case rule:
            said = f"{noun} {_joined(rule, subject, labels)}"
    zone = definition.timezone
    where = f" (time zone {zone})" if zone != "UTC" and uses_calendar(definition.rule) else ""
    return f"{said}{where}."


def _joined(rule: Rule, subject: Subject, labels: Labels) -> str:
    """A rule that stands alone after its noun: a group needs no brackets there."""
    match rule:
        case All((child,)) | Any((child,)):
            return _joined(child, subject, labels)
        case All(rules):
            return _chain(rules, "and", subject, labels)
        case Any(rules):
            return _chain(rules, "or", subject, labels)
        case _:
            return str(rule_phrase(rule, subject, labels))


def _chain(rules: tuple[Rule, ...], word: str, subject: Subject, labels: Labels) -> str:
    """Rules joined by a word; a comma takes the listener back from another noun, like a company or its people."""
    said = ""
    for rule in rules[:-1]:
        strays = isinstance(rule, InCompany | People | Not | Sequence) or (isinstance(rule, Event) and rule.where)
        comma = "," if strays else ""
        said += f"{_bracketed(rule, subject, labels)}{comma} {marks.join(word)} "
    return said + _bracketed(rules[-1], subject, labels)


def _is_group(rule: Rule) -> bool:
    return isinstance(rule, All | Any) and (len(rule.rules) > 1 or _is_group(rule.rules[0]))


def _bracketed(rule: Rule, subject: Subject, labels: Labels) -> str:
    """A rule among others, or after a noun within a phrase: brackets say where a group ends."""
    said = _joined(rule, subject, labels)
    return f"({said})" if _is_group(rule) else said


def rule_phrase(rule: Rule, subject: Subject, labels: Labels) -> Phrase:
    """The phrase of anything but a group."""
    match rule:
        case Trait():
            return trait_phrase(rule, subject, labels)
        case Event():
            return event_phrase(rule, subject, labels)
        case Sequence():
            return _sequence_phrase(rule, labels)
        case SegmentRef(key):
            name = marks.value(quoted(labels.segments.get(key, key)))
            return phrase(subject.which, f"{subject.be} in the segment {name}", f"In the segment {name}")
        case Everyone():
            anything = "anyone" if subject.unit is Unit.PROFILE else "any company"
            return phrase(subject.which, f"{subject.be} {anything} at all", f"{anything.capitalize()} at all")
        case _:
            return _compound_phrase(rule, subject, labels)


def _compound_phrase(rule: Rule, subject: Subject, labels: Labels) -> Phrase:
    match rule:
        case Not(inner):
            return _negative_phrase(inner, subject, labels)
        case InCompany(Everyone()):
            return phrase(subject.which, f"{subject.belong} to a company")
        case InCompany(inner):
            return phrase(subject.which, f"{subject.belong} to a company {_bracketed(inner, COMPANY, labels)}")
        case People():
            return _people_phrase(rule, subject, labels)
        case _:
            return phrase("", _joined(rule, subject, labels))


def _has_own_negative(rule: Rule) -> bool:
    """Whether the opposite of a rule has a phrase of its own; "except those" says all others."""
    match rule:
        case Not() | SegmentRef() | InCompany(Everyone()):
            return True
        case Event(measure="count", op="gte", value=1.0):
            return True
        case _:
            return False


def _negative_phrase(inner: Rule, subject: Subject, labels: Labels) -> Phrase:
    match inner:
        case Not(twice):
            return phrase("", _bracketed(twice, subject, labels))
        case SegmentRef(key):
            name = marks.value(quoted(labels.segments.get(key, key)))
            return phrase(subject.which, f"{subject.be} not in the segment {name}", f"Not in the segment {name}")
        case InCompany(Everyone()):
            return phrase(subject.which, f"{subject.do} not belong to a company")
        case Event(measure="count", op="gte", value=1.0):
            return event_phrase(replace(inner, op="eq", value=0.0), subject, labels)
        case _:
            return phrase(subject.which, f"{subject.be} not among those {_bracketed(inner, _plural(subject), labels)}")


def _plural(subject: Subject) -> Subject:
    return PEOPLE if subject.unit is Unit.PROFILE else COMPANIES


def _people_phrase(rule: People, subject: Subject, labels: Labels) -> Phrase:
    match rule.quantifier:
        case "any" | AtLeast(1):
            return phrase("with", f"at least one person{_of_people(rule, PERSON, labels)}")
        case AtLeast(count):
            return phrase("with", f"at least {count:,} people{_of_people(rule, PEOPLE, labels)}")
        case "none":
            who = "no people" if isinstance(rule.rule, Everyone) else "no person"
            return phrase("with", f"{who}{_of_people(rule, PERSON, labels)}")
        case _:
            said = _of_people(rule, PEOPLE, labels)
            them = said if said.startswith(" with ") else f" people{said}"
            return phrase(
                subject.which, f"{subject.have} people, all of them{them}" if said else f"{subject.have} people"
            )


def _of_people(rule: People, subject: Subject, labels: Labels) -> str:
    return "" if isinstance(rule.rule, Everyone) else " " + _bracketed(rule.rule, subject, labels)


def trait_phrase(trait: Trait, subject: Subject, labels: Labels) -> Phrase:
    """The phrase of a TRAIT."""
    known = labels.profile_traits if subject.unit is Unit.PROFILE else labels.company_traits
    name = name_of(trait.key, known)
    said = phrase("whose", comparison_words(trait, name, labels.most_listed))
    if not isinstance(trait.value, bool):
        return said
    unknown = " (or not known)" if trait.missing else ""
    return Phrase("with", f"{name} set to {scalar_words(trait.value)}{unknown}", said.line)


def _sequence_phrase(sequence: Sequence, labels: Labels) -> Phrase:
    """``with “a”, then “b” within 1 hour, all in the last 2 days, and then no “c” within 1 day``."""
    present = [step for step in sequence.steps if not step.absent]
    said = some_events(present[0], labels)
    for step in present[1:]:
        said += f", then {some_events(step, labels)}{_within(step)}"
    window = window_words(sequence.window)
    if window:
        comma = "," if len(present) > 1 or present[0].where else ""
        said += f"{comma}{('', ' both', ' all')[min(len(present), 3) - 1]}{window}"
    for step in sequence.steps[len(present) :]:
        said += f", and then {no_events(step, labels)}{_within(step)}"
    return phrase("with", said)


def _within(step: Step) -> str:
    return "" if step.within is None else f"{',' if step.where else ''} within {duration_words(step.within)}"
