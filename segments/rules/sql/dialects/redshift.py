"""Amazon Redshift: written after its manual, not run; patterns and lists are refused."""

from collections.abc import Sequence
from typing import ClassVar

from segments.rules.catalogue import Type
from segments.rules.moments import FIRST, Offset
from segments.rules.sql.build import (
    Expression,
    add,
    at_zone,
    call,
    cast,
    compare,
    integer,
    multiply,
    string,
    word,
)
from segments.rules.sql.dialects.base import MILLION, Primitives, refusing

_NO_LISTS = "lists are JSON text there, and it has no functions for sets of texts"


class Redshift(Primitives):
    """Instants are TIMESTAMPTZ."""

    name: ClassVar[str] = "redshift"
    double: ClassVar[str] = "DOUBLE PRECISION"
    bigint: ClassVar[str] = "DECIMAL(38, 0)"
    types: ClassVar[dict[Type, str]] = {
        Type.TEXT: "VARCHAR(65535)",
        Type.NUMBER: "DOUBLE PRECISION",
        Type.BOOLEAN: "BOOLEAN",
        Type.DATETIME: "TIMESTAMPTZ",
        Type.LIST: "VARCHAR(65535)",
    }

    def exact(self, column: Expression) -> Expression:
        return call("COLLATE", column, string("case_sensitive"))

    def contains(self, text: Expression, part: str) -> Expression:
        return compare(call("STRPOS", text, string(part)), ">", integer(0))

    def starts_with(self, text: Expression, part: str) -> Expression:
        return compare(call("LEFT", text, integer(len(part))), "=", string(part))

    def ends_with(self, text: Expression, part: str) -> Expression:
        return compare(call("RIGHT", text, integer(len(part))), "=", string(part))

    matches = refusing("matches", "its patterns do not work on code points")
    has_any = refusing("has_any", _NO_LISTS)
    has_all = refusing("has_all", _NO_LISTS)
    folded = refusing("ignore_case on a list", _NO_LISTS)

    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        elapsed = call("DATEDIFF", word("microsecond"), earlier, later)
        return compare(elapsed, "<=", integer(seconds * MILLION))

    def seconds(self, moment: Expression) -> Expression:
        return call("DATEDIFF", word("second"), self.instant(FIRST), moment)

    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        in_utc = at_zone(moment.copy(), "UTC")
        return cast(call("DATEADD", word("second"), self.offset(moment, offsets, 1), in_utc), "DATE")

    def month_day(self, moment: Expression) -> Expression:
        in_utc = at_zone(moment, "UTC")
        month = multiply(call("DATE_PART", word("month"), in_utc), integer(100))
        return add(month, call("DATE_PART", word("day"), in_utc.copy()))
