"""DuckDB, the engine of the registry: proven by running it."""

from collections.abc import Sequence
from typing import ClassVar

from segments.rules.catalogue import Type
from segments.rules.moments import Offset
from segments.rules.pattern import Pattern
from segments.rules.sql.build import (
    Expression,
    add,
    array,
    call,
    cast,
    compare,
    every,
    function_of,
    integer,
    minus,
    multiply,
    number_literal,
    parameter,
    some,
    string,
    subtract,
    whole_divide,
    wrap,
)
from segments.rules.sql.dialects.base import MILLION, SECONDS_BEFORE_1970, Primitives
from segments.rules.sql.regex import Flavour

FEW_TEXTS = 8
"""Up to so many texts are looked for one by one: DuckDB's functions of two lists build a table for each row."""
_REGEX = Flavour()


class DuckDB(Primitives):
    """Nothing here needs the ICU extension or a session's timezone."""

    name: ClassVar[str] = "duckdb"
    narrows: ClassVar[bool] = True
    types: ClassVar[dict[Type, str]] = {
        Type.TEXT: "VARCHAR",
        Type.NUMBER: "DOUBLE",
        Type.BOOLEAN: "BOOLEAN",
        Type.DATETIME: "TIMESTAMP WITH TIME ZONE",
        Type.LIST: "VARCHAR[]",
    }

    def fraction(self, digits: str) -> Expression:
        """Without an exponent it would be a decimal."""
        return number_literal(digits if "e" in digits else f"{digits}e0")

    def contains(self, text: Expression, part: str) -> Expression:
        return call("contains", text, string(part))

    def starts_with(self, text: Expression, part: str) -> Expression:
        return call("starts_with", text, string(part))

    def ends_with(self, text: Expression, part: str) -> Expression:
        return call("ends_with", text, string(part))

    def matches(self, text: Expression, pattern: Pattern) -> Expression:
        return call("regexp_matches", text, string(_REGEX.write(pattern)))

    def has_any(self, values: Expression, wanted: Sequence[str]) -> Expression:
        if len(wanted) > FEW_TEXTS:
            return call("list_has_any", values, array(string(value) for value in wanted))
        return wrap(some([call("list_contains", values.copy(), string(value)) for value in wanted]))

    def has_all(self, values: Expression, wanted: Sequence[str]) -> Expression:
        if len(wanted) > FEW_TEXTS:
            return call("list_has_all", values, array(string(value) for value in wanted))
        return every([call("list_contains", values.copy(), string(value)) for value in wanted])

    def ranked(self, value: Expression, hundredths: int, *, top: bool) -> Expression:
        """DuckDB finds that position in whole numbers where the share is a decimal, and without sorting."""
        share = number_literal(f"{hundredths // 10_000}.{hundredths % 10_000:04}")
        return minus(call("QUANTILE_DISC", minus(value), share)) if top else call("QUANTILE_DISC", value, share)

    def folded(self, values: Expression) -> Expression:
        return call("list_transform", values, function_of("item", self.fold(parameter("item"))))

    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        elapsed = subtract(call("epoch_us", later), call("epoch_us", earlier))
        return compare(elapsed, "<=", integer(seconds * MILLION))

    def seconds(self, moment: Expression) -> Expression:
        since = add(call("epoch_us", moment), integer(SECONDS_BEFORE_1970 * MILLION))
        return whole_divide(since, integer(MILLION))

    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        shift = self.offset(moment, offsets, MILLION)
        return cast(call("make_timestamp", add(call("epoch_us", moment.copy()), shift)), "DATE")

    def month_day(self, moment: Expression) -> Expression:
        in_utc = call("make_timestamp", call("epoch_us", moment))
        return add(multiply(call("month", in_utc), integer(100)), call("day", in_utc.copy()))
