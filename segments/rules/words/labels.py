"""Names, values and lists of them, as a sentence shows them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from segments.rules.words import marks

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_PLAIN_KEY: Final = re.compile(r"[a-z][a-z0-9]*([_ ][a-z0-9]+)*")
_PLURAL: Final = re.compile(r".*[a-z]{2}[b-hj-rtv-z]s")
_PLAIN_VALUE: Final = re.compile(r"[A-Z0-9][A-Za-z0-9-]*( [A-Z0-9][A-Za-z0-9-]*){0,2}")


@dataclass(frozen=True, slots=True)
class Labels:
    """Display names by key, for those keys that have one, and how many values of a list are said.

    A trait or property without one is shown as its key, made readable where that is safe; an event or a segment is
    shown as it was sent, in quotes.
    """

    profile_traits: Mapping[str, str] = field(default_factory=lambda: _NONE)
    company_traits: Mapping[str, str] = field(default_factory=lambda: _NONE)
    events: Mapping[str, str] = field(default_factory=lambda: _NONE)
    properties: Mapping[str, str] = field(default_factory=lambda: _NONE)
    segments: Mapping[str, str] = field(default_factory=lambda: _NONE)
    most_listed: int = 12


def readable(key: str) -> str:
    """A key without a display name: ``lifetime_value`` as "lifetime value", ``renewal_at`` as "renewal time"."""
    if not _PLAIN_KEY.fullmatch(key):
        return quoted(key)
    if key.endswith("_at"):
        return key.removesuffix("_at").replace("_", "-") + " time"
    return key.replace("_", " ")


def is_or_are(name: str) -> str:
    """The verb after a name: "are" after what looks like a plural ("employees", not "status" or "address")."""
    return "are" if _PLURAL.fullmatch(name.lower()) else "is"


def visible(text: str) -> str:
    """A text from outside on one line, without anything that can't be printed, marks of ours included."""
    return "".join(character if character.isprintable() else "�" for character in text)


def quoted(text: str) -> str:
    """A text from outside in quotes."""
    return f"“{visible(text)}”"


def name_of(key: str, known: Mapping[str, str]) -> str:
    """The display name of a trait or property, or its key made readable."""
    return visible(known[key]) if known.get(key) else readable(key)


def text_value(text: str) -> str:
    """A text that is compared with: plain where it can't be mistaken for a word of the sentence."""
    if text == "":
        return marks.value("empty")
    return marks.value(text if _PLAIN_VALUE.fullmatch(text) else quoted(text))


def number(value: float) -> str:
    """A number with thousands set off: ``1,250.5``."""
    digits = f"{int(value):,}" if value.is_integer() else _fraction(value)
    return marks.value(digits.replace("-", "−"))


def _fraction(value: float) -> str:
    text = format(Decimal(repr(value)), "f")
    whole, point, rest = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{abs(int(whole)):,}{point}{rest}"


def joined(items: Sequence[str], word: str, most: int | None = None) -> str:
    """``a, b or c``; beyond `most` items, ``a, b or 8 more``."""
    shown = list(items)
    if most is not None and len(shown) > most:
        shown = [*shown[: most - 1], f"{len(items) - most + 1} more"]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}"
