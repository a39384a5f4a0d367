"""Collects mistakes while a document is read, and puts them into document order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from segments.rules.errors import Code, RuleError, near_match
from segments.rules.paths import Path, show_path

MOST_SUGGESTIONS: Final = 10
MOST_KEY_SUGGESTIONS: Final = 200
"""Near matches looked for per document, so that thousands of unknown names or keys cost no seconds."""


@dataclass(slots=True)
class Findings:
    """The mistakes found so far in one document."""

    document: object
    _found: list[tuple[Path, Code, str]] = field(default_factory=list)
    _suggestions: int = 0
    _key_suggestions: int = 0

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, path: Path, code: Code, message: str) -> None:
        """Notes one mistake; the message says what is wrong and what to do, the path says where."""
        self._found.append((path, code, message))

    def add_before(self, mistakes: Iterable[tuple[Path, Code, str]]) -> None:
        """Notes mistakes that are told before others at the same places."""
        self._found[:0] = mistakes

    def places(self, code: Code) -> frozenset[Path]:
        """Where mistakes of a kind have been found so far."""
        return frozenset(path for path, found, _ in self._found if found is code)

    def near_name(self, name: str, known: Iterable[str]) -> str | None:
        """The known name that was probably meant, while the document has had few such questions."""
        if self._suggestions >= MOST_SUGGESTIONS:
            return None
        self._suggestions += 1
        return near_match(name, known)

    def near_key(self, key: str, known: Iterable[str]) -> str | None:
        """The key of an object that was probably meant, while the document has had few such questions."""
        if self._key_suggestions >= MOST_KEY_SUGGESTIONS:
            return None
        self._key_suggestions += 1
        return near_match(key, known)

    def suggest(self, name: str, known: Iterable[str]) -> str:
        """The end of a message about an unknown name: ``; did you mean 'country'?``, or nothing."""
        match = self.near_name(name, known)
        return f"; did you mean '{match}'?" if match is not None else ""

    def in_document_order(self) -> tuple[RuleError, ...]:
        """All mistakes; a missing key comes after the keys that its object has."""
        order = _KeyOrder()
        ranked = sorted(self._found, key=lambda finding: order.rank(self.document, finding[0]))
        return tuple(RuleError(show_path(path), code, message) for path, code, message in ranked)


class _KeyOrder:
    """Positions of keys in their objects, worked out once per object; YAML may have keys that are no texts."""

    def __init__(self) -> None:
        self._positions: dict[int, dict[str, int]] = {}

    def rank(self, document: object, path: Path) -> tuple[int, ...]:
        """The path as numbers that sort as the document reads."""
        ranks: list[int] = []
        here = document
        for step in path:
            if isinstance(here, dict):
                positions = self._of(here)
                ranks.append(positions.get(str(step), len(positions)))
                here = here.get(step)
            else:
                ranks.append(step if isinstance(step, int) else 0)
                here = here[step] if isinstance(here, list) and isinstance(step, int) else None
        return tuple(ranks)

    def _of(self, here: dict[object, object]) -> dict[str, int]:
        if id(here) not in self._positions:
            self._positions[id(here)] = {str(key): position for position, key in enumerate(here)}
        return self._positions[id(here)]
