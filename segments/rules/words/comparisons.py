"""What a comparison of a trait or a property says: ``plan is Trial``, ``interests include “golf”``."""

from typing import Final, cast

from segments.rules.nodes import Ago, Ahead, At, Duration, Instant, Midnight, Property, Scalar, Trait, Value
from segments.rules.operators import OPERATORS
from segments.rules.words import marks
from segments.rules.words.labels import is_or_are, joined, number, text_value
from segments.rules.words.times import after_words, before_words, between_words, duration_words, stretch_words

PHRASES: Final[dict[str, str]] = {
    name: operator.phrase for table in OPERATORS.values() for name, operator in table.items()
}
"""By operator; those that are in several types have the same phrase in each, but for datetimes, which are said here."""

_NEGATIVE: Final = frozenset(
    name for table in OPERATORS.values() for name, operator in table.items() if operator.negative
)
_SAYS_PRESENCE: Final = frozenset({"is_not_set", "not_in_last"})
"""Negative operators whose phrase can't be read as true of something missing."""

_LIST_OPERATORS: Final = frozenset({"has_any", "has_all", "has_none"})


def comparison_words(leaf: Trait | Property, name: str, most_listed: int) -> str:
    """The whole comparison, missing values said where a reader could guess wrong."""
    be = "are" if leaf.op in _LIST_OPERATORS else is_or_are(name)
    words = _predicate(leaf, be, most_listed)
    notes = ["ignoring case"] if leaf.ignore_case else []
    if leaf.missing:
        notes.append(f"or {be} not known")
    elif leaf.op in _NEGATIVE and leaf.op not in _SAYS_PRESENCE:
        words = f"{be} known but {words}"
    return f"{name} {words}" + (f" ({', '.join(notes)})" if notes else "")


def _predicate(leaf: Trait | Property, be: str, most_listed: int) -> str:
    said = PHRASES[leaf.op].replace("is ", be + " ", 1)
    if leaf.op in _LIST_OPERATORS:
        return said.format(_listed(leaf.op, cast("tuple[str, ...]", leaf.value), most_listed))
    match leaf.value:
        case None:
            return said
        case Duration() as duration:
            length = duration_words(duration) if leaf.op == "not_in_last" else stretch_words(duration)
            return said.format(marks.value(length))
        case At() | Midnight() | Ago() | Ahead() as instant:
            return f"{be} {marks.value(before_words(instant) if leaf.op == 'before' else after_words(instant))}"
        case tuple() as pair if leaf.op == "between":
            return f"{be} {_between(pair)}"
        case tuple() as several:
            return said.format(joined([scalar_words(cast("Scalar", item)) for item in several], "or", most_listed))
        case scalar:
            return said.format(scalar_words(scalar) + ("%" if leaf.op in ("top_percent", "bottom_percent") else ""))


def _between(pair: tuple[Scalar, ...] | tuple[Instant, Instant]) -> str:
    first, second = pair
    if isinstance(first, float) and isinstance(second, float):
        return f"between {number(first)} and {number(second)}"
    return marks.value(between_words(cast("Instant", first), cast("Instant", second)))


def _listed(op: str, texts: tuple[str, ...], most_listed: int) -> str:
    values = [text_value(text) for text in texts]
    if op == "has_any":
        return joined(values, "or", most_listed)
    if op == "has_none":
        return none_of(values, most_listed)
    return {1: "", 2: "both "}.get(len(values), "all of ") + joined(values, "and", most_listed)


def scalar_words(value: Scalar | Value) -> str:
    """One value: ``yes``, ``1,250``, ``Trial``, ``“/pricing”``."""
    if isinstance(value, bool):
        return marks.value("yes" if value else "no")
    return number(value) if isinstance(value, float) else text_value(str(value))


def none_of(names: list[str], most_listed: int) -> str:
    """``no x``, ``neither x nor y``, ``none of x, y or z``."""
    if len(names) == 1:
        return f"no {names[0]}"
    if len(names) == 2:
        return f"neither {names[0]} nor {names[1]}"
    return f"none of {joined(names, 'or', most_listed)}"
