"""ClickHouse 24 or newer: proven by running it."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from sqlglot import exp

from segments.rules.catalogue import Type
from segments.rules.moments import Offset
from segments.rules.pattern import Pattern
from segments.rules.sql.build import (
    Expression,
    add,
    array,
    call,
    coalesce,
    compare,
    every,
    function_of,
    integer,
    is_in,
    is_not_null,
    multiply,
    negate,
    parameter,
    string,
    subtract,
)
from segments.rules.sql.dialects.base import (
    DAY_SECONDS,
    DAYS_BEFORE_1970,
    MILLION,
    SECONDS_BEFORE_1970,
    Primitives,
    utc,
)
from segments.rules.sql.regex import Flavour

_REGEX = Flavour()
_DAY = DAY_SECONDS * MILLION


class ClickHouse(Primitives):
    """Arrays can't be NULL there, so lists are JSON text; a join must give NULL where nothing joins."""

    name: ClassVar[str] = "clickhouse"
    double: ClassVar[str] = "Float64"
    bigint: ClassVar[str] = "Int128"
    settings: ClassVar[tuple[tuple[str, int], ...]] = (("join_use_nulls", 1),)
    types: ClassVar[dict[Type, str]] = {
        Type.TEXT: "String",
        Type.NUMBER: "Float64",
        Type.BOOLEAN: "Bool",
        Type.DATETIME: "DateTime64(6, 'UTC')",
        Type.LIST: "String",
    }

    def instant(self, moment: datetime) -> Expression:
        return call("toDateTime64", string(utc(moment)), integer(6), string("UTC"))

    def lower(self, text: Expression) -> Expression:
        return call("lowerUTF8", text)

    def contains(self, text: Expression, part: str) -> Expression:
        return compare(call("position", text, string(part)), ">", integer(0))

    def starts_with(self, text: Expression, part: str) -> Expression:
        return call("startsWith", text, string(part))

    def ends_with(self, text: Expression, part: str) -> Expression:
        return call("endsWith", text, string(part))

    def matches(self, text: Expression, pattern: Pattern) -> Expression:
        return call("match", text, string(_REGEX.write(pattern)))

    def not_among(self, operand: Expression, values: Sequence[Expression]) -> Expression:
        """``NULL IN (...)`` is no NULL there."""
        return every([is_not_null(operand.copy()), negate(is_in(operand, values))])

    def has_any(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return call("hasAny", _items(values), array(string(value) for value in wanted))

    def has_all(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return call("hasAll", _items(values), array(string(value) for value in wanted))

    def folded(self, values: Expression) -> Expression:
        return call("arrayMap", function_of("item", self.fold(parameter("item"))), _items(values))

    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        elapsed = subtract(call("toUnixTimestamp64Micro", later), call("toUnixTimestamp64Micro", earlier))
        return compare(elapsed, "<=", integer(seconds * MILLION))

    def seconds(self, moment: Expression) -> Expression:
        since = add(call("toUnixTimestamp64Micro", moment), integer(SECONDS_BEFORE_1970 * MILLION))
        return call("intDiv", since, integer(MILLION))

    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        since = add(call("toUnixTimestamp64Micro", moment.copy()), self.offset(moment, offsets, MILLION))
        return call("intDiv", add(since, integer(DAYS_BEFORE_1970 * _DAY)), integer(_DAY))

    def month_day(self, moment: Expression) -> Expression:
        in_utc = call("toTimeZone", moment, string("UTC"))
        return add(multiply(call("toMonth", in_utc), integer(100)), call("toDayOfMonth", in_utc.copy()))


def _items(values: Expression) -> Expression:
    """The texts of a JSON list; one that is an array already stays."""
    if isinstance(values, exp.Anonymous):
        return values
    return call("JSONExtract", coalesce(values, string("[]")), string("Array(String)"))
