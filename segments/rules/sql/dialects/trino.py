"""Trino: written after its manual, not run."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from segments.rules.catalogue import Type
from segments.rules.moments import FIRST, Offset
from segments.rules.pattern import Pattern
from segments.rules.sql.build import (
    Expression,
    add,
    array,
    call,
    cast,
    compare,
    function_of,
    integer,
    multiply,
    parameter,
    string,
)
from segments.rules.sql.dialects.base import Primitives, utc
from segments.rules.sql.regex import Flavour

_REGEX = Flavour(end=r"\z")


class Trino(Primitives):
    """Instants are TIMESTAMP(6) WITH TIME ZONE."""

    name: ClassVar[str] = "trino"
    bigint: ClassVar[str] = "DECIMAL(38, 0)"
    types: ClassVar[dict[Type, str]] = {
        Type.TEXT: "VARCHAR",
        Type.NUMBER: "DOUBLE",
        Type.BOOLEAN: "BOOLEAN",
        Type.DATETIME: "TIMESTAMP(6) WITH TIME ZONE",
        Type.LIST: "ARRAY(VARCHAR)",
    }

    def instant(self, moment: datetime) -> Expression:
        return cast(string(f"{utc(moment)} UTC"), self.types[Type.DATETIME])

    def contains(self, text: Expression, part: str) -> Expression:
        return compare(call("STRPOS", text, string(part)), ">", integer(0))

    def starts_with(self, text: Expression, part: str) -> Expression:
        return call("STARTS_WITH", text, string(part))

    def ends_with(self, text: Expression, part: str) -> Expression:
        """A negative start counts from the end, and gives an empty text where there are not as many."""
        return compare(call("SUBSTR", text, integer(-len(part))), "=", string(part))

    def matches(self, text: Expression, pattern: Pattern) -> Expression:
        return call("REGEXP_LIKE", text, string(_REGEX.write(pattern)))

    def has_any(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return call("ARRAYS_OVERLAP", values, self._texts(wanted))

    def has_all(self, values: Expression, wanted: Sequence[str]) -> Expression:
        missing = call("ARRAY_EXCEPT", self._texts(wanted), values)
        return compare(call("CARDINALITY", missing), "=", integer(0))

    def _texts(self, wanted: Sequence[str]) -> Expression:
        return cast(array(string(value) for value in wanted), self.types[Type.LIST])

    def folded(self, values: Expression) -> Expression:
        return call("TRANSFORM", values, function_of("item", self.fold(parameter("item"))))

    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        return compare(later, "<=", call("DATE_ADD", string("second"), integer(seconds), earlier))

    def seconds(self, moment: Expression) -> Expression:
        return call("DATE_DIFF", string("second"), self.instant(FIRST), moment)

    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        in_utc = call("AT_TIMEZONE", moment.copy(), string("UTC"))
        return cast(call("DATE_ADD", string("second"), self.offset(moment, offsets, 1), in_utc), "DATE")

    def month_day(self, moment: Expression) -> Expression:
        in_utc = call("AT_TIMEZONE", moment, string("UTC"))
        return add(multiply(call("MONTH", in_utc), integer(100)), call("DAY", in_utc.copy()))
