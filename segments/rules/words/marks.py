"""Marks inside phrases: which words are values, and which join rules, so that a page can set them off.

The marks are control characters, which no text from outside keeps on its way into a phrase; whoever hands a sentence
out takes them away (`plain`) or turns them into spans (`spans`).
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

_VALUE: Final = "\x01"
_JOIN: Final = "\x02"
_END: Final = "\x03"
_MARKED: Final = re.compile(f"([{_VALUE}{_JOIN}])([^{_END}]*){_END}")
_MARKS: Final = str.maketrans("", "", _VALUE + _JOIN + _END)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence; all pieces together are the sentence."""

    text: str
    kind: Literal["plain", "value", "join"] = "plain"


def value(text: str) -> str:
    """The text, marked as what somebody chose: a name, a number, a date."""
    return f"{_VALUE}{text}{_END}"


def join(word: str) -> str:
    """The word, marked as one that joins rules: "and", "or"."""
    return f"{_JOIN}{word}{_END}"


def plain(marked: str) -> str:
    """The sentence without marks."""
    return marked.translate(_MARKS)


def spans(marked: str) -> tuple[Span, ...]:
    """The sentence in pieces."""
    pieces: list[Span] = []
    at = 0
    for found in _MARKED.finditer(marked):
        pieces += [Span(marked[at : found.start()]), Span(found[2], "value" if found[1] == _VALUE else "join")]
        at = found.end()
    pieces.append(Span(marked[at:]))
    return tuple(piece for piece in pieces if piece.text)
