"""How many times, days or values, in words."""

from dataclasses import dataclass

from segments.rules.words import marks
from segments.rules.words.labels import joined, number

Compared = float | tuple[float, ...] | None
"""What a number is compared with."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What is counted, one and many: ``day``, ``different days``."""

    one: str
    many: str

    def of(self, count: float) -> str:
        """``1 day``, ``5 different days``."""
        return f"{number(count)} {self.one if count == 1 else self.many}"


def holds_for_zero(op: str, value: Compared) -> bool:
    """Whether a number compared so may be 0, which is what counts and sums over nothing are."""
    if value is None:
        return op == "is_set"
    if isinstance(value, tuple):
        return {"between": value[0] <= 0 <= value[-1], "in": 0 in value, "not_in": 0 not in value}[op]
    return {
        "eq": value == 0,
        "ne": value != 0,
        "gt": value < 0,
        "gte": value <= 0,
        "lt": value > 0,
        "lte": value >= 0,
    }[op]


def _often(count: float) -> str:
    """``once``, ``twice``, ``5 times``."""
    word = {1.0: "once", 2.0: "twice"}.get(count)
    return marks.value(word) if word else f"{number(count)} times"


def times_words(op: str, value: Compared) -> str | None:
    """How often something happened; None for never."""
    plain = _simplest(op, value)
    if plain is None:
        return None
    op, value = plain
    said = _times(op, value)
    return said + _even(op, value, "never")


def _even(op: str, value: Compared, nothing: str) -> str:
    """Says that nothing at all counts too, where that is easily overlooked."""
    if op in ("is_set", "is_not_set", "in") or not holds_for_zero(op, value):
        return ""
    return f" (even {nothing})" if op in ("ne", "not_in") else f" (or {nothing})"


def _simplest(op: str, value: Compared) -> tuple[str, Compared] | None:
    """The plainest way to say the same of a whole number from 0: more than 0 is at least 1; None for exactly 0."""
    match op, value:
        case ("eq" | "lte", 0.0) | ("lt", 1.0) | ("between", (0.0, 0.0)) | ("in", (0.0,)):
            return None
        case ("gt", 0.0) | ("ne", 0.0):
            return "gte", 1.0
        case "lt", 2.0:
            return "lte", 1.0
        case "between", (least, most) if least == most:
            return "eq", least
        case "between", (0.0, most):
            return "lte", most
        case _:
            return op, value


def _times(op: str, value: Compared) -> str:
    match value:
        case None:
            return "any number of times, even never" if op == "is_set" else "an unknown number of times"
        case (least, most) if op == "between":
            return f"between {number(least)} and {number(most)} times"
        case tuple():
            said = joined([number(item) for item in value], "or")
            return f"exactly {said} times" if op == "in" else f"any number of times except {said}"
        case _:
            return {
                "eq": f"exactly {_often(value)}",
                "ne": f"any number of times except {number(value)}",
                "gt": f"more than {_often(value)}",
                "gte": f"at least {_often(value)}",
                "lt": f"fewer than {_often(value)}",
                "lte": f"at most {_often(value)}",
            }[op]


def units_words(op: str, value: Compared, amount: Amount) -> str:
    """How many of something: ``at least 5 different days``; ``no day`` for none."""
    plain = _simplest(op, value)
    if plain is None:
        return f"no {amount.one}"
    op, value = plain
    said = _units(op, value, amount)
    return said + _even(op, value, "none")


def _units(op: str, value: Compared, amount: Amount) -> str:
    match value:
        case None:
            return (
                f"any number of {amount.many}, even none" if op == "is_set" else f"an unknown number of {amount.many}"
            )
        case (least, most) if op == "between":
            return f"between {number(least)} and {number(most)} {amount.many}"
        case tuple():
            said = joined([number(item) for item in value], "or")
            return f"exactly {said} {amount.many}" if op == "in" else f"any number of {amount.many} except {said}"
        case _:
            return {
                "eq": f"exactly {amount.of(value)}",
                "ne": f"any number of {amount.many} except {number(value)}",
                "gt": f"more than {amount.of(value)}",
                "gte": f"at least {amount.of(value)}",
                "lt": f"fewer than {amount.of(value)}",
                "lte": f"at most {amount.of(value)}",
            }[op]
