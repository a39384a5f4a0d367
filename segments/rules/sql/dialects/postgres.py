"""PostgreSQL 17 or newer, for its built-in collation `pg_c_utf8`: proven by running it."""

from collections.abc import Sequence
from typing import ClassVar

from segments.rules.catalogue import Type
from segments.rules.moments import Offset
from segments.rules.pattern import Pattern
from segments.rules.sql.build import (
    Expression,
    add,
    array,
    at_zone,
    call,
    cast,
    collate,
    compare,
    contains_all,
    extract,
    integer,
    multiply,
    overlaps,
    parameter,
    select,
    string,
    unnested,
)
from segments.rules.sql.dialects.base import SECONDS_BEFORE_1970, Primitives
from segments.rules.sql.regex import Flavour

_REGEX = Flavour(most=255)


class Postgres(Primitives):
    """Numeric sums are exact, and a numeric becomes the nearest double."""

    name: ClassVar[str] = "postgres"
    double: ClassVar[str] = "DOUBLE PRECISION"
    types: ClassVar[dict[Type, str]] = {
        Type.TEXT: "TEXT",
        Type.NUMBER: "DOUBLE PRECISION",
        Type.BOOLEAN: "BOOLEAN",
        Type.DATETIME: "TIMESTAMPTZ",
        Type.LIST: "TEXT[]",
    }

    def exact(self, column: Expression) -> Expression:
        return collate(column, "C")

    def lower(self, text: Expression) -> Expression:
        return call("LOWER", collate(text, "pg_c_utf8"))

    def contains(self, text: Expression, part: str) -> Expression:
        return compare(call("STRPOS", text, string(part)), ">", integer(0))

    def starts_with(self, text: Expression, part: str) -> Expression:
        return call("STARTS_WITH", text, string(part))

    def ends_with(self, text: Expression, part: str) -> Expression:
        return compare(call("RIGHT", text, integer(len(part))), "=", string(part))

    def matches(self, text: Expression, pattern: Pattern) -> Expression:
        return call("REGEXP_LIKE", text, string(_REGEX.write(pattern)))

    def has_any(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return overlaps(values, self._texts(wanted))

    def has_all(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return contains_all(values, self._texts(wanted))

    def _texts(self, wanted: Sequence[str]) -> Expression:
        return cast(array(string(value) for value in wanted), "TEXT[]")

    def folded(self, values: Expression) -> Expression:
        return call("ARRAY", select([self.fold(parameter("item"))], unnested(values, "item")))

    def nearest_double(self, total: Expression) -> Expression:
        return self.as_double(total)

    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        return compare(later, "<=", add(earlier, cast(string(f"{seconds} seconds"), "INTERVAL")))

    def seconds(self, moment: Expression) -> Expression:
        since = cast(call("FLOOR", extract("EPOCH", moment)), "BIGINT")
        return add(since, integer(SECONDS_BEFORE_1970))

    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        shift = multiply(self.offset(moment, offsets, 1), cast(string("1 second"), "INTERVAL"))
        return cast(add(at_zone(moment.copy(), "UTC"), shift), "DATE")

    def month_day(self, moment: Expression) -> Expression:
        in_utc = at_zone(moment, "UTC")
        month = call("DATE_PART", string("month"), in_utc)
        return add(multiply(month, integer(100)), call("DATE_PART", string("day"), in_utc.copy()))
