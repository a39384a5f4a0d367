"""Patterns of `matches` written for an engine: explicit classes, nothing that engines read in different ways."""

from dataclasses import dataclass
from string import punctuation
from typing import Final

from segments.rules.fold import Range
from segments.rules.pattern import Class, Concat, Dot, Either, End, Literal, Pattern, Repeat, Start

_CONTROLS: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}
_SPECIAL: Final = frozenset(r"\.[]{}()*+?^$|")


@dataclass(frozen=True, slots=True)
class Flavour:
    """How an engine writes patterns: the end of the text, the largest count in braces, an uncounted group."""

    end: str = "$"
    most: int = 1_000
    group: str = "(?:"

    def write(self, pattern: Pattern) -> str:
        """The pattern as text of this flavour."""
        match pattern:
            case Literal(text):
                return "".join(_escape(character, _SPECIAL) for character in text)
            case Class(ranges, negated):
                return f"[{'^' if negated else ''}{''.join(_range(pair) for pair in ranges)}]"
            case Dot():
                return r"[^\n]"
            case Start():
                return "^"
            case End():
                return self.end
            case Repeat(part, least, most):
                return self._repeat(self._atom(part), least, most)
            case Concat(parts):
                return "".join(self._part(part) for part in parts)
            case Either(options):
                return "|".join(self.write(option) for option in options)

    def grouped(self, pattern: Pattern) -> str:
        """The pattern as a group."""
        return f"{self.group}{self.write(pattern)})"

    def _part(self, pattern: Pattern) -> str:
        return self.grouped(pattern) if isinstance(pattern, Either) else self.write(pattern)

    def _atom(self, pattern: Pattern) -> str:
        """Something that a count can follow."""
        single = isinstance(pattern, Class | Dot) or (isinstance(pattern, Literal) and len(pattern.text) == 1)
        return self.write(pattern) if single else self.grouped(pattern)

    def _repeat(self, atom: str, least: int, most: int | None) -> str:
        match least, most:
            case 0, None:
                return f"{atom}*"
            case 1, None:
                return f"{atom}+"
            case 0, 1:
                return f"{atom}?"
        if max(least, most or 0) <= self.most:
            return f"{atom}{_braces(least, most)}"
        return self._long_repeat(atom, least, most)

    def _long_repeat(self, atom: str, least: int, most: int | None) -> str:
        """Counts above what the engine takes, as one group of shorter ones."""
        parts = [f"{atom}{{{count}}}" for count in self._portions(least)]
        if most is None:
            parts.append(f"{atom}*")
        else:
            parts.extend(f"{atom}{{0,{count}}}" for count in self._portions(most - least))
        return f"{self.group}{''.join(parts)})"

    def _portions(self, count: int) -> list[int]:
        whole, rest = divmod(count, self.most)
        return [self.most] * whole + ([rest] if rest else [])


def _braces(least: int, most: int | None) -> str:
    if most is None:
        return f"{{{least},}}"
    return f"{{{least}}}" if least == most else f"{{{least},{most}}}"


def _range(pair: Range) -> str:
    first, last = pair
    escaped = frozenset(punctuation)
    if first == last:
        return _escape(first, escaped)
    return f"{_escape(first, escaped)}-{_escape(last, escaped)}"


def _escape(character: str, special: frozenset[str]) -> str:
    if character in _CONTROLS:
        return _CONTROLS[character]
    return f"\\{character}" if character in special else character
