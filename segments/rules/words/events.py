"""What an event leaf says: how often, on how many days, how much, since when."""

from typing import Final, cast

from segments.rules.nodes import (
    Ago,
    Ahead,
    At,
    Duration,
    Event,
    Instant,
    Last,
    Midnight,
    Property,
    Step,
    Value,
)
from segments.rules.words import marks
from segments.rules.words.comparisons import comparison_words, none_of
from segments.rules.words.counts import Amount, Compared, holds_for_zero, times_words, units_words
from segments.rules.words.labels import Labels, joined, name_of, number, quoted
from segments.rules.words.subjects import Phrase, Subject, phrase
from segments.rules.words.times import (
    after_words,
    before_words,
    between_words,
    duration_words,
    stretch_words,
    window_words,
)

ANY_EVENTS: Final = Amount("event", "events")
"""What a count of ``*`` counts."""


def event_phrase(event: Event, subject: Subject, labels: Labels) -> Phrase:
    """The phrase of an EVENT."""
    match event.measure:
        case "count":
            return _count_phrase(event, labels)
        case "days":
            return _days_phrase(event, labels)
        case "distinct":
            return _distinct_phrase(event, labels)
        case "first_at" | "last_at":
            return _moment_phrase(event, subject, labels)
        case "change":
            return _change_phrase(event, labels)
        case _:
            return _amount_phrase(event, subject, labels)


def names_of(names: tuple[str, ...] | None, labels: Labels) -> list[str]:
    """The names of the events, in quotes; one "event" of any name for ``*``."""
    if names is None:
        return ["event"]
    return [marks.value(quoted(labels.events.get(name, name))) for name in dict.fromkeys(names)]


def some_events(part: Event | Step, labels: Labels) -> str:
    """The events and their conditions: ``“a” or “b” where total is more than 5``."""
    names = names_of(part.names, labels)
    said = "any event" if part.names is None else joined(names, "or", labels.most_listed)
    return said + _where(part, labels)


def no_events(part: Event | Step, labels: Labels) -> str:
    """The same, denied: ``no “a”``, ``neither “a” nor “b”``."""
    return none_of(names_of(part.names, labels), labels.most_listed) + _where(part, labels)


def _where(part: Event | Step, labels: Labels) -> str:
    if not part.where:
        return ""
    return " where " + " and ".join(property_words(condition, labels) for condition in part.where)


def property_words(condition: Property, labels: Labels) -> str:
    """One condition on a property: ``total is more than 5``."""
    return comparison_words(condition, name_of(condition.key, labels.properties), labels.most_listed)


def _compared(event: Event) -> Compared:
    """What a numeric measure is compared with."""
    return cast("Compared", event.value)


def _comma(event: Event) -> str:
    """Sets off what follows the conditions, so that it is not taken for one of them."""
    return "," if event.where else ""


def _count_phrase(event: Event, labels: Labels) -> Phrase:
    window = window_words(event.window)
    times = times_words(event.op, _compared(event))
    if times is None:
        return phrase("with", f"{no_events(event, labels)}{_comma(event) if window else ''}{window}")
    if event.names is None and marks.plain(times) != "at least once":
        number_of = units_words(event.op, _compared(event), ANY_EVENTS)
        return phrase("with", f"{number_of}{_where(event, labels)}{_comma(event) if window else ''}{window}")
    together = (
        " in total" if event.names and len(set(event.names)) > 1 and marks.plain(times) != "at least once" else ""
    )
    return phrase("with", f"{some_events(event, labels)}{_comma(event)} {times}{together}{window}")


def _days_phrase(event: Event, labels: Labels) -> Phrase:
    window = window_words(event.window)
    days = units_words(event.op, _compared(event), Amount("day", "different days"))
    return phrase("with", f"{some_events(event, labels)}{_comma(event)} on {days}{window}")


def _distinct_phrase(event: Event, labels: Labels) -> Phrase:
    name = _of(event, labels)
    amount = Amount(f"value of {name}", f"different values of {name}")
    values = units_words(event.op, _compared(event), amount)
    window = window_words(event.window)
    return phrase("with", f"{values} across {some_events(event, labels)}{_comma(event) if window else ''}{window}")


def _of(event: Event, labels: Labels) -> str:
    return name_of(event.of or "", labels.properties)


def _amount_phrase(event: Event, subject: Subject, labels: Labels) -> Phrase:
    """Sum, average, smallest and largest: ``whose smallest total over “order” in the last year is more than 5``."""
    tail = (
        f"{_comma(event)}{window_words(event.window)}," if event.where and event.window else window_words(event.window)
    )
    kind = {"avg": "average ", "min": "smallest ", "max": "largest "}.get(event.measure, "")
    name = f"{kind}{_of(event, labels)} over {some_events(event, labels)}{tail}"
    if event.measure == "sum":
        return phrase("whose", f"{name} {_sum_words(event)}")
    compared = Property(key="", op=event.op, value=event.value)
    words = comparison_words(compared, "", labels.most_listed).strip()
    return phrase("whose", f"{name} {words}{_or_none(event, subject)}")


def _sum_words(event: Event) -> str:
    """``adds up to more than 1,000``; a sum over nothing is 0."""
    compared = Property(key="", op=event.op, value=event.value, missing=True)
    words = comparison_words(compared, "", 1_000).strip().removesuffix(" (or is not known)")
    if event.value is None:
        return "adds up to anything, even 0" if event.op == "is_set" else "adds up to nothing known"
    verb = "does not add up to" if event.op in ("ne", "not_in") else "adds up to"
    zero = " (none counts as 0)" if holds_for_zero(event.op, _compared(event)) else ""
    return f"{verb} {words.removeprefix('is ').removeprefix('not ')}{zero}"


def _or_none(event: Event, subject: Subject) -> str:
    return f" (or {subject.which} {subject.have} none)" if event.missing else ""


def _moment_phrase(event: Event, subject: Subject, labels: Labels) -> Phrase:
    """The first or the last: ``whose last “order” was more than 90 days ago``."""
    window = window_words(event.window)
    tail = f"{_comma(event) if window else ''}{window}"
    if event.op == "is_not_set":
        return phrase("with", f"{no_events(event, labels)}{tail}")
    if event.op == "is_set":
        return phrase("with", f"{some_events(event, labels)}{_comma(event)} at least {marks.value('once')}{window}")
    which = "first" if event.measure == "first_at" else "last"
    names = joined(names_of(event.names, labels), "or", labels.most_listed) + _where(event, labels)
    comma = "," if event.where and window else ""
    when = _when(event.op, event.value)
    return phrase("whose", f"{which} {names}{tail}{comma} was {when}{_or_none(event, subject)}")


def _when(op: str, value: Value) -> str:
    match value:
        case Duration():
            if op == "not_in_last":
                return f"more than {duration_words(value)} ago"
            return f"in the {'last' if op == 'in_last' else 'next'} {stretch_words(value)}"
        case At() | Midnight() | Ago() | Ahead():
            return before_words(value) if op == "before" else after_words(value)
        case _:
            start, end = cast("tuple[Instant, Instant]", value)
            return between_words(start, end)


def _change_phrase(event: Event, labels: Labels) -> Phrase:
    """``whose number of “a” fell by at least 50% in the last 30 days against the 30 days before``."""
    last = cast("Last", event.window).duration
    before = f"the {stretch_words(last)} before"
    window = f"{window_words(event.window)} against {before}"
    what = "number of" if event.of is None else f"sum of {_of(event, labels)} over"
    some = joined(names_of(event.names, labels), "or", labels.most_listed) if event.names else "events"
    comma = "," if event.where else ""
    said = f"{what} {some}{_where(event, labels)}{comma} {_changed(event.op, _compared(event))}{window}"
    return phrase("whose", said + _from_zero(event))


def _from_zero(event: Event) -> str:
    """What a change from nothing counts as, where a reader could guess wrong."""
    if event.missing:
        return " (or was 0 before)"
    return " (and was not 0 before)" if event.value is not None and holds_for_zero(event.op, _compared(event)) else ""


_NO_CHANGE = {
    "eq": "stayed the same",
    "ne": "did not stay the same",
    "gt": "rose",
    "gte": "did not fall",
    "lt": "fell",
    "lte": "did not rise",
}


def _changed(op: str, value: Compared) -> str:
    if value is None:
        return "can be compared" if op == "is_set" else "can’t be compared"
    if isinstance(value, tuple):
        shares = [_share(item) for item in value]
        if op == "between":
            return f"changed by between {shares[0]} and {shares[1]}"
        return f"{'did not change' if op == 'not_in' else 'changed'} by exactly {joined(shares, 'or')}"
    if value == 0:
        return _NO_CHANGE[op]
    return "fell to 0" if value == -1 and op in ("eq", "lte") else _moved(op, value)


def _moved(op: str, change: float) -> str:
    moved, verb = ("rose", "rise") if change > 0 else ("fell", "fall")
    share = _share(abs(change))
    towards = op if change > 0 else {"gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte"}.get(op, op)
    return {
        "eq": f"{moved} by exactly {share}",
        "ne": f"did not {verb} by exactly {share}",
        "gt": f"{moved} by more than {share}",
        "gte": f"{moved} by at least {share}",
        "lt": f"did not {verb} by {share} or more",
        "lte": f"did not {verb} by more than {share}",
    }[towards]


def _share(change: float) -> str:
    """0.5 as ``50%``."""
    return number(round(change * 100, 10)) + "%"
