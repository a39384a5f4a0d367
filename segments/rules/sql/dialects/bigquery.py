"""BigQuery: written after its manual, not run."""

from collections.abc import Sequence
from typing import ClassVar

from sqlglot import exp

from segments.rules.catalogue import Type
from segments.rules.moments import Offset
from segments.rules.pattern import Pattern
from segments.rules.sql.build import (
    Expression,
    add,
    call,
    cast,
    compare,
    distinct,
    integer,
    is_in,
    parameter,
    select,
    string,
    subquery,
    unnested,
    word,
)
from segments.rules.sql.dialects.base import DAY_SECONDS, DAYS_BEFORE_1970, MILLION, SECONDS_BEFORE_1970, Primitives
from segments.rules.sql.regex import Flavour

_REGEX = Flavour()


class BigQuery(Primitives):
    """Arrays can't be NULL there, so lists are JSON text."""

    name: ClassVar[str] = "bigquery"
    double: ClassVar[str] = "FLOAT64"
    bigint: ClassVar[str] = "NUMERIC"
    types: ClassVar[dict[Type, str]] = {
        Type.TEXT: "STRING",
        Type.NUMBER: "FLOAT64",
        Type.BOOLEAN: "BOOL",
        Type.DATETIME: "TIMESTAMP",
        Type.LIST: "STRING",
    }

    def exact(self, column: Expression) -> Expression:
        return call("COLLATE", column, string(""))

    def contains(self, text: Expression, part: str) -> Expression:
        return compare(call("STRPOS", text, string(part)), ">", integer(0))

    def starts_with(self, text: Expression, part: str) -> Expression:
        return call("STARTS_WITH", text, string(part))

    def ends_with(self, text: Expression, part: str) -> Expression:
        return call("ENDS_WITH", text, string(part))

    def matches(self, text: Expression, pattern: Pattern) -> Expression:
        return call("REGEXP_CONTAINS", text, string(_REGEX.write(pattern)))

    def has_any(self, values: Expression, wanted: Sequence[str]) -> Expression:
        return compare(_number_among(values, wanted), ">", integer(0))

    def has_all(self, values: Expression, wanted: Sequence[str]) -> Expression:
        different = tuple(dict.fromkeys(wanted))
        return compare(_number_among(values, different), "=", integer(len(different)))

    def folded(self, values: Expression) -> Expression:
        items = unnested(call("JSON_VALUE_ARRAY", values), "item")
        return call("ARRAY", select([self.fold(parameter("item"))], items))

    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        elapsed = call("TIMESTAMP_DIFF", later, earlier, word("MICROSECOND"))
        return compare(elapsed, "<=", integer(seconds * MILLION))

    def seconds(self, moment: Expression) -> Expression:
        return add(call("UNIX_SECONDS", moment), integer(SECONDS_BEFORE_1970))

    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        since = add(call("UNIX_SECONDS", moment.copy()), self.offset(moment, offsets, 1))
        return call("DIV", add(since, integer(DAYS_BEFORE_1970 * DAY_SECONDS)), integer(DAY_SECONDS))

    def month_day(self, moment: Expression) -> Expression:
        return cast(call("FORMAT_TIMESTAMP", string("%m%d"), moment, string("UTC")), "INT64")


def _number_among(values: Expression, wanted: Sequence[str]) -> Expression:
    """How many of the texts are in a list, each counted once."""
    items = values if isinstance(values, exp.Anonymous) else call("JSON_VALUE_ARRAY", values)
    among = is_in(parameter("item"), [string(value) for value in wanted])
    number = call("COUNT", distinct(parameter("item")))
    return subquery(select([number], unnested(items, "item"), where=among))
