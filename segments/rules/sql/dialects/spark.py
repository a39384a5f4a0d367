"""Spark 3.4 or newer, and Databricks: Spark is proven by running it, Databricks is written after it and not run."""

import re
from collections.abc import Sequence
from typing import ClassVar

from segments.rules.catalogue import Type
from segments.rules.moments import Offset
from segments.rules.pattern import Pattern
from segments.rules.sql.build import (
    Expression,
    add,
    call,
    cast,
    compare,
    divide,
    function_of,
    integer,
    multiply,
    parameter,
    string,
    subtract,
)
from segments.rules.sql.dialects.base import DAY_SECONDS, MILLION, SECONDS_BEFORE_1970, Primitives
from segments.rules.sql.regex import Flavour

_REGEX = Flavour(end=r"\z")
_DAY = DAY_SECONDS * MILLION


class Spark(Primitives):
    """Functions of dates would use the session's timezone, so days are counted in microseconds."""

    name: ClassVar[str] = "spark"
    bigint: ClassVar[str] = "DECIMAL(19, 0)"
    types: ClassVar[dict[Type, str]] = {
        Type.TEXT: "STRING",
        Type.NUMBER: "DOUBLE",
        Type.BOOLEAN: "BOOLEAN",
        Type.DATETIME: "TIMESTAMP",
        Type.LIST: "ARRAY<STRING>",
    }

    def text(self, value: str) -> Expression:
        """Spark replaces ``${name}`` in the text of a query before it reads it."""
        pieces = re.split(r"(?<=\$)(?=\{)", value)
        return string(value) if len(pieces) == 1 else call("CONCAT", *(string(piece) for piece in pieces))

    def contains(self, text: Expression, part: str) -> Expression:
        return call("CONTAINS", text, self.text(part))

    def starts_with(self, text: Expression, part: str) -> Expression:
        return call("STARTSWITH", text, self.text(part))

    def ends_with(self, text: Expression, part: str) -> Expression:
        return call("ENDSWITH", text, self.text(part))

    def matches(self, text: Expression, pattern: Pattern) -> Expression:
        return call("REGEXP_LIKE", text, self.text(_REGEX.write(pattern)))

    def has_any(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return call("ARRAYS_OVERLAP", values, self._texts(wanted))

    def has_all(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return compare(call("SIZE", call("ARRAY_EXCEPT", self._texts(wanted), values)), "=", integer(0))

    def _texts(self, wanted: Sequence[str]) -> Expression:
        return call("ARRAY", *(self.text(value) for value in wanted))

    def folded(self, values: Expression) -> Expression:
        return call("TRANSFORM", values, function_of("item", self.fold(parameter("item"))))

    def nearest_double(self, total: Expression) -> Expression:
        return self.as_double(total)

    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        elapsed = subtract(call("UNIX_MICROS", later), call("UNIX_MICROS", earlier))
        return compare(elapsed, "<=", integer(seconds * MILLION))

    def seconds(self, moment: Expression) -> Expression:
        return add(call("UNIX_SECONDS", moment), integer(SECONDS_BEFORE_1970))

    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        return _midnight(add(call("UNIX_MICROS", moment.copy()), self.offset(moment, offsets, MILLION)))

    def month_day(self, moment: Expression) -> Expression:
        day = cast(divide(_midnight(call("UNIX_MICROS", moment)), integer(_DAY)), "INT")
        date = call("DATE_FROM_UNIX_DATE", day)
        return add(multiply(call("MONTH", date), integer(100)), call("DAY", date.copy()))


class Databricks(Spark):
    """Like Spark."""

    name: ClassVar[str] = "databricks"


def _midnight(microseconds: Expression) -> Expression:
    """The microseconds at which the day began; the remainder is never negative."""
    return subtract(microseconds, call("PMOD", microseconds.copy(), integer(_DAY)))
