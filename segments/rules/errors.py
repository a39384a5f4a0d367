"""What is wrong with a definition: every mistake once, each with its place, a code and a sentence."""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_SUGGESTED = 80
"""Names longer than this get no near-match search, which is quadratic in their length."""


class Code(StrEnum):
    """The kinds of mistake; clients branch on these, people read the message."""

    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    WRONG_TYPE = "wrong_type"
    NOT_ALLOWED = "not_allowed"
    RULE_KIND = "rule_kind"
    EMPTY = "empty"
    TOO_SHORT = "too_short"
    LIMIT = "limit"
    BAD_VALUE = "bad_value"
    BAD_RANGE = "bad_range"
    BAD_OPERATOR = "bad_operator"
    BAD_WINDOW = "bad_window"
    BAD_DURATION = "bad_duration"
    BAD_INSTANT = "bad_instant"
    BAD_PATTERN = "bad_pattern"
    UNKNOWN_TRAIT = "unknown_trait"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_PROPERTY = "unknown_property"
    AMBIGUOUS_PROPERTY = "ambiguous_property"
    UNKNOWN_SEGMENT = "unknown_segment"
    WRONG_UNIT = "wrong_unit"
    NOT_PUBLISHED = "not_published"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake: `path` in the notation of `segments.rules.paths`, a code, a sentence that says what to do."""

    path: str
    code: Code
    message: str

    def as_json(self) -> dict[str, str]:
        """The form in which commands and the API show it."""
        return {"path": self.path, "code": self.code.value, "message": self.message}


class DefinitionErrors(ValueError):
    """A definition is invalid; `errors` holds every mistake in document order, at least one."""

    def __init__(self, errors: tuple[RuleError, ...]) -> None:
        self.errors = errors
        super().__init__("\n".join(f"{error.path or 'definition'}: {error.message}" for error in errors))


def near_match(name: str, known: "Iterable[str]") -> str | None:
    """The known name that somebody who wrote `name` probably meant, or None."""
    if not 1 < len(name) <= LONGEST_SUGGESTED:
        return None
    by_fold: dict[str, str] = {}
    for candidate in known:
        by_fold.setdefault(candidate.casefold(), candidate)
    folded = name.casefold()
    if folded in by_fold:
        return by_fold[folded]
    return next((by_fold[match] for match in get_close_matches(folded, by_fold, n=1, cutoff=0.7)), None)
