"""The portable patterns of `matches`: parsed to a small tree that each dialect writes out with explicit classes.

Grammar: literals, ``.``, ``[...]`` and ``[^...]`` with ranges, ``\\d \\w \\s`` (ASCII), ``\\D \\W \\S`` outside
classes, ``\\t \\n \\r``, escaped ASCII punctuation, ``^ $`` (ends of the text), ``( )``, ``(?: )``, ``|`` and
``* + ? {m} {m,} {m,n}``. Everything else is refused. Parsing keeps its own stack, so depth costs no recursion.
"""

from dataclasses import dataclass
from string import punctuation
from typing import Final, NoReturn

from segments.rules.fold import Range, fold, fold_ranges, merge_ranges

MOST_REPEATS: Final = 1_000
"""Nested repeats multiply to at most this; an open end (`*`, `+`, `{m,}`) counts as its least."""

DIGIT: Final[tuple[Range, ...]] = (("0", "9"),)
WORD: Final[tuple[Range, ...]] = (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"))
SPACE: Final[tuple[Range, ...]] = (("\t", "\r"), (" ", " "))

_CLASSES: Final = {"d": DIGIT, "w": WORD, "s": SPACE}
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r"}
_QUANTIFIERS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class PatternError(ValueError):
    """A pattern outside the portable subset; the message says what, where (from 1) and what to write instead."""


@dataclass(frozen=True, slots=True)
class Literal:
    """These characters, one after the other; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Class:
    """One character of the sorted ranges, or any that is in none of them where negated."""

    ranges: tuple[Range, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """Any one code point but the line feed."""


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of the text."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of the text."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """The part, from `least` to `most` times; None is without end."""

    part: "Pattern"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Concat:
    """Two parts or more, one after the other."""

    parts: tuple["Pattern", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Two options or more."""

    options: tuple["Pattern", ...]


Pattern = Literal | Class | Dot | Start | End | Repeat | Concat | Either


def parse_pattern(text: str) -> Pattern:
    """The tree of a pattern. Raises PatternError for whatever the portable subset lacks."""
    return _Parser(text).parse()


def fold_pattern(pattern: Pattern) -> Pattern:
    """The pattern that finds in a folded text what `pattern` with ignore_case means: literals and ranges folded.

    ``\\w`` and its like are ranges here too, so ``\\W`` on a folded text is still what ``\\w`` is not.
    """
    match pattern:
        case Literal(text):
            return Literal(fold(text))
        case Class(ranges, negated):
            return Class(fold_ranges(ranges), negated)
        case Repeat(part, least, most):
            return Repeat(fold_pattern(part), least, most)
        case Concat(parts):
            return Concat(tuple(fold_pattern(part) for part in parts))
        case Either(options):
            return Either(tuple(fold_pattern(option) for option in options))
        case Dot() | Start() | End():
            return pattern


@dataclass(slots=True)
class _Piece:
    """A parsed part and the product of the repeats that are nested in it."""

    pattern: Pattern
    weight: int = 1


class _Group:
    """An open bracket: the options before, and the one being read."""

    def __init__(self, opened_at: int) -> None:
        self.opened_at = opened_at
        self.options: list[_Piece] = []
        self.pieces: list[_Piece] = []


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.groups = [_Group(0)]

    def parse(self) -> Pattern:
        while self.at < len(self.text):
            self._step(self.text[self.at])
        if len(self.groups) > 1:
            self._refuse("a '(' is never closed", self.groups[-1].opened_at)
        return self._close(self.groups.pop()).pattern

    def _refuse(self, what: str, at: int) -> NoReturn:
        raise PatternError(f"{what} (character {at + 1})")

    def _step(self, character: str) -> None:
        pieces = self.groups[-1].pieces
        if character == "(":
            self._open()
        elif character == ")":
            self._end_group()
        elif character == "|":
            self._end_option(self.groups[-1])
            self.at += 1
        elif character in "*+?{":
            self._quantify(character)
        elif character == "[":
            pieces.append(_Piece(self._class()))
        elif character in "]}":
            self._refuse(f"a bare '{character}' is not allowed, write '\\{character}'", self.at)
        elif character == "\\":
            pieces.append(_Piece(self._escape()))
        else:
            self.at += 1
            pieces.append(_Piece(_PLAIN.get(character) or Literal(character)))

    def _open(self) -> None:
        group = _Group(self.at)
        self.at += 1
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self.text.startswith("?", self.at):
            self._refuse("flags, look-around and named groups are not portable, only '(...)' and '(?:...)'", self.at)
        self.groups.append(group)

    def _end_group(self) -> None:
        if len(self.groups) == 1:
            self._refuse("a ')' has no '(', write '\\)' for the character itself", self.at)
        piece = self._close(self.groups.pop())
        self.groups[-1].pieces.append(piece)
        self.at += 1

    def _end_option(self, group: _Group) -> None:
        if not group.pieces:
            self._refuse("an alternative is empty, use '?' for something that may be left out", self.at)
        patterns = _join_literals([piece.pattern for piece in group.pieces])
        weight = max(piece.weight for piece in group.pieces)
        group.options.append(_Piece(patterns[0] if len(patterns) == 1 else Concat(tuple(patterns)), weight))
        group.pieces = []

    def _close(self, group: _Group) -> _Piece:
        self._end_option(group)
        if len(group.options) == 1:
            return group.options[0]
        options = tuple(option.pattern for option in group.options)
        return _Piece(Either(options), max(option.weight for option in group.options))

    def _quantify(self, character: str) -> None:
        began = self.at
        least, most = self._bounds() if character == "{" else _QUANTIFIERS[character]
        self.at = self.at if character == "{" else self.at + 1
        pieces = self.groups[-1].pieces
        if not pieces or isinstance(pieces[-1].pattern, Start | End):
            self._refuse(f"'{character}' has nothing to repeat, write '\\{character}' for the character itself", began)
        if self.text[self.at : self.at + 1] in ("*", "+", "?", "{"):
            self._refuse("a repeat directly after a repeat (lazy or possessive) is not portable", self.at)
        piece = pieces.pop()
        weight = piece.weight * max(least if most is None else most, 1)
        if weight > MOST_REPEATS:
            self._refuse(f"repeats multiply to {weight:,}, at most {MOST_REPEATS:,} are allowed", began)
        pieces.append(_Piece(Repeat(piece.pattern, least, most), weight))

    def _bounds(self) -> tuple[int, int | None]:
        """Reads ``{m}``, ``{m,}`` or ``{m,n}``."""
        began, close = self.at, self.text.find("}", self.at)
        least, comma, most = self.text[began + 1 : close].partition(",") if close > 0 else ("", "", "")
        if not _is_count(least) or (most and not _is_count(most)):
            self._refuse("a bare '{' is not allowed: write '{m}', '{m,}' or '{m,n}', or '\\{' for itself", began)
        self.at = close + 1
        bounds = int(least), (int(most) if most else None) if comma else int(least)
        if bounds[1] is not None and bounds[0] > bounds[1]:
            self._refuse(f"'{{{least},{most}}}' has its larger number first", began)
        return bounds

    def _escape(self) -> Pattern:
        """Reads a backslash and what follows, outside a class."""
        escaped = self.text[self.at + 1 : self.at + 2]
        if escaped in _CLASSES or escaped.lower() in _CLASSES:
            self.at += 2
            return Class(_CLASSES[escaped.lower()], negated=escaped.isupper())
        return Literal(self._escaped_character())

    def _escaped_character(self) -> str:
        escaped = self.text[self.at + 1 : self.at + 2]
        if not escaped:
            self._refuse("the last character is a lone '\\', write '\\\\'", self.at)
        if escaped not in _CONTROLS and escaped not in punctuation:
            self._refuse(f"'\\{escaped}' is not portable here", self.at)
        self.at += 2
        return _CONTROLS.get(escaped, escaped)

    def _class(self) -> Class:
        began = self.at
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        ranges: list[Range] = []
        while self.text[self.at : self.at + 1] != "]":
            if self.at >= len(self.text):
                self._refuse("a '[' is never closed, write '\\[' for the character itself", began)
            ranges.extend(self._class_item())
        if not ranges:
            self._refuse("a class is empty, write '\\]' for the bracket itself", began)
        self.at += 1
        return Class(merge_ranges(tuple(ranges)), negated)

    def _class_item(self) -> tuple[Range, ...]:
        began = self.at
        if self.text[began] == "\\" and self.text[began + 1 : began + 2] in _CLASSES:
            self.at += 2
            return _CLASSES[self.text[began + 1]]
        first = self._class_character()
        if not self.text.startswith("-", self.at):
            return ((first, first),)
        self.at += 1
        if self.text[self.at : self.at + 1] in ("]", ""):
            self._refuse("a bare '-' in a class is not allowed, write '\\-'", self.at - 1)
        last = self._class_character()
        if first > last:
            self._refuse(f"the range '{first}-{last}' has its later character first", began)
        return ((first, last),)

    def _class_character(self) -> str:
        character = self.text[self.at]
        if character == "\\":
            return self._escaped_character()
        if character in "[&~^-":
            self._refuse(f"a bare '{character}' in a class is not allowed, write '\\{character}'", self.at)
        self.at += 1
        return character


_PLAIN: Final[dict[str, Pattern]] = {".": Dot(), "^": Start(), "$": End()}


def _is_count(text: str) -> bool:
    return len(text) <= 9 and text.isascii() and text.isdigit()


def _join_literals(patterns: list[Pattern]) -> list[Pattern]:
    """Neighbouring literals as one, so that dialects write words and not letters."""
    joined: list[Pattern] = []
    for pattern in patterns:
        if joined and isinstance(pattern, Literal) and isinstance(joined[-1], Literal):
            joined[-1] = Literal(joined[-1].text + pattern.text)
        else:
            joined.append(pattern)
    return joined
