"""Snowflake: written after its manual, not run."""

from collections.abc import Sequence
from typing import ClassVar

from segments.rules.catalogue import Type
from segments.rules.moments import FIRST, Offset
from segments.rules.pattern import Pattern
from segments.rules.sql.build import (
    Expression,
    add,
    call,
    cast,
    compare,
    function_of,
    integer,
    multiply,
    parameter,
    string,
    word,
)
from segments.rules.sql.dialects.base import MILLION, Primitives
from segments.rules.sql.regex import Flavour

_REGEX = Flavour(group="(")


class Snowflake(Primitives):
    """Lists are ARRAY columns, instants TIMESTAMP_TZ."""

    name: ClassVar[str] = "snowflake"
    bigint: ClassVar[str] = "NUMBER(38, 0)"
    types: ClassVar[dict[Type, str]] = {
        Type.TEXT: "VARCHAR",
        Type.NUMBER: "DOUBLE",
        Type.BOOLEAN: "BOOLEAN",
        Type.DATETIME: "TIMESTAMP_TZ",
        Type.LIST: "ARRAY",
    }

    def exact(self, column: Expression) -> Expression:
        return call("COLLATE", column, string(""))

    def contains(self, text: Expression, part: str) -> Expression:
        return call("CONTAINS", text, string(part))

    def starts_with(self, text: Expression, part: str) -> Expression:
        return call("STARTSWITH", text, string(part))

    def ends_with(self, text: Expression, part: str) -> Expression:
        return call("ENDSWITH", text, string(part))

    def matches(self, text: Expression, pattern: Pattern) -> Expression:
        """Its patterns match the whole text; with `s` a dot takes line feeds too, ours are written out as classes."""
        return call("REGEXP_LIKE", text, string(f".*({_REGEX.write(pattern)}).*"), string("cs"))

    def has_any(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return call("ARRAYS_OVERLAP", values, self._texts(wanted))

    def has_all(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return compare(call("ARRAY_SIZE", call("ARRAY_EXCEPT", self._texts(wanted), values)), "=", integer(0))

    def _texts(self, wanted: Sequence[str]) -> Expression:
        return call("ARRAY_CONSTRUCT", *(string(value) for value in dict.fromkeys(wanted)))

    def folded(self, values: Expression) -> Expression:
        folded = call("TO_VARIANT", self.fold(cast(parameter("item"), "VARCHAR")))
        return call("TRANSFORM", values, function_of("item", folded))

    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        elapsed = call("TIMESTAMPDIFF", word("MICROSECOND"), earlier, later)
        return compare(elapsed, "<=", integer(seconds * MILLION))

    def seconds(self, moment: Expression) -> Expression:
        return call("TIMESTAMPDIFF", word("SECOND"), self.instant(FIRST), moment)

    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        in_utc = call("CONVERT_TIMEZONE", string("UTC"), moment.copy())
        return cast(call("TIMESTAMPADD", word("SECOND"), self.offset(moment, offsets, 1), in_utc), "DATE")

    def month_day(self, moment: Expression) -> Expression:
        in_utc = call("CONVERT_TIMEZONE", string("UTC"), moment)
        return add(multiply(call("MONTH", in_utc), integer(100)), call("DAY", in_utc.copy()))
