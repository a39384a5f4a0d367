"""The table of primitives: one method each, one class per dialect; what it can't say exactly it refuses.

Only what dialects write differently is here. All text comparisons are by code point, all instants in UTC.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar, NoReturn

from segments.rules.catalogue import Type
from segments.rules.moments import Offset
from segments.rules.pattern import Pattern
from segments.rules.sql.build import (
    Expression,
    add,
    call,
    cast,
    choose,
    compare,
    distinct,
    integer,
    is_in,
    minus,
    multiply,
    negate,
    null,
    string,
    subtract,
)
from segments.rules.sql.unsupported import Unsupported

DAY_SECONDS = 86_400
DAYS_BEFORE_1970 = 719_162
"""Days from year 1, which make every count of days in the data positive."""
SECONDS_BEFORE_1970 = DAYS_BEFORE_1970 * DAY_SECONDS
MILLION = 1_000_000
EXACT_IN_DOUBLES = 2**53


class Primitives(ABC):
    """The primitives of one dialect. `types` are the names of the column types in the warehouse layout."""

    name: ClassVar[str]
    types: ClassVar[dict[Type, str]]
    double: ClassVar[str] = "DOUBLE"
    bigint: ClassVar[str] = "BIGINT"
    settings: ClassVar[tuple[tuple[str, int], ...]] = ()
    """Settings that the query itself must carry."""
    narrows: ClassVar[bool] = False
    """Whether the first step of a sequence reads only members who have events of all steps; more text, less work."""

    def number(self, value: float) -> Expression:
        """A double; whole numbers without a point, which every dialect compares as one with doubles."""
        if value.is_integer():
            return integer(int(value))
        literal = self.fraction(repr(abs(value)))
        return minus(literal) if value < 0 else literal

    def fraction(self, digits: str) -> Expression:
        """A positive double that is not whole, from its shortest digits."""
        return cast(string(digits), self.double)

    def as_double(self, operand: Expression) -> Expression:
        """A column or a count as a double."""
        return cast(operand, self.double)

    def text(self, value: str) -> Expression:
        """A text."""
        return string(value)

    def instant(self, moment: datetime) -> Expression:
        """An instant with microseconds."""
        return cast(string(utc(moment) + "+00:00"), self.types[Type.DATETIME])

    def null(self, kind: Type) -> Expression:
        """A missing value of a column type."""
        return cast(null(), self.types[kind])

    def exact(self, column: Expression) -> Expression:
        """A text column with the collation that compares code points."""
        return column

    def fold(self, text: Expression) -> Expression:
        """RULES 2.3."""
        dotless = call("REPLACE", text, string("\u0130"), string("i"))
        return call("REPLACE", self.lower(dotless), string("\u03c2"), string("\u03c3"))

    def lower(self, text: Expression) -> Expression:
        """Lower case by Unicode, whatever the collation."""
        return call("LOWER", text)

    @abstractmethod
    def contains(self, text: Expression, part: str) -> Expression:
        """Whether the part is in the text."""

    @abstractmethod
    def starts_with(self, text: Expression, part: str) -> Expression:
        """Whether the text begins with the part."""

    @abstractmethod
    def ends_with(self, text: Expression, part: str) -> Expression:
        """Whether the text ends with the part."""

    @abstractmethod
    def matches(self, text: Expression, pattern: Pattern) -> Expression:
        """Whether the pattern is found anywhere in the text."""

    @abstractmethod
    def has_any(self, values: Expression, wanted: Sequence[str]) -> Expression:
        """Whether a list holds one of the texts."""

    @abstractmethod
    def has_all(self, values: Expression, wanted: Sequence[str]) -> Expression:
        """Whether a list holds every one of the texts."""

    @abstractmethod
    def folded(self, values: Expression) -> Expression:
        """A list with each text folded."""

    @abstractmethod
    def within(self, later: Expression, earlier: Expression, seconds: int) -> Expression:
        """later <= earlier + seconds, to the microsecond."""

    def slot(self, moment: Expression, seconds: int) -> Expression:
        """The beginning of the slot of so many seconds in which an instant lies, in whole seconds."""
        since = self.seconds(moment)
        return subtract(since, call("MOD", since.copy(), integer(seconds)))

    @abstractmethod
    def seconds(self, moment: Expression) -> Expression:
        """Whole seconds, rounded down, since an instant before all data."""

    @abstractmethod
    def local_day(self, moment: Expression, offsets: Sequence[Offset]) -> Expression:
        """Something that is equal for two instants just if they are on the same day of a timezone."""

    def offset(self, moment: Expression, offsets: Sequence[Offset], parts: int) -> Expression:
        """The offset that holds at an instant, in parts of a second; newest first, because most events are recent."""
        if len(offsets) == 1:
            return integer(offsets[0].seconds * parts)
        options = [
            (compare(moment.copy(), ">=", self.instant(offset.start)), integer(offset.seconds * parts))
            for offset in reversed(offsets)
            if offset.start is not None
        ]
        return choose(options, integer(offsets[0].seconds * parts))

    @abstractmethod
    def month_day(self, moment: Expression) -> Expression:
        """month * 100 + day of the date in UTC."""

    def millionths(self, value: Expression) -> Expression:
        """A double in whole millionths, as an integer whose sums are exact."""
        scaled = add(multiply(self.as_double(value), integer(MILLION)), self.half())
        return cast(call("FLOOR", scaled), self.bigint)

    def half(self) -> Expression:
        """The double 0.5."""
        return self.fraction("0.5")

    def nearest_double(self, total: Expression) -> Expression:
        """An exact integer as the nearest double, through text where a cast might not round correctly."""
        small = compare(call("ABS", total.copy()), "<", integer(EXACT_IN_DOUBLES))
        through_text = self.as_double(cast(total.copy(), self.types[Type.TEXT]))
        return choose([(small, self.as_double(total))], through_text)

    def count_distinct(self, value: Expression) -> Expression:
        """The number of different values, exactly."""
        return call("COUNT", distinct(value))

    def ranked(self, value: Expression, hundredths: int, *, top: bool) -> Expression | None:  # noqa: ARG002
        """An aggregate: of n values the one at position ceil(n * hundredths / 10,000), from the top or the bottom.

        None where the dialect has none that counts in whole numbers: then all rows are numbered.
        """
        return None

    def among(self, operand: Expression, values: Sequence[Expression]) -> Expression:
        """``operand IN (values)``."""
        return is_in(operand, values)

    def not_among(self, operand: Expression, values: Sequence[Expression]) -> Expression:
        """``NOT operand IN (values)``, not true for NULL."""
        return negate(is_in(operand, values))


def refusing(node: str, reason: str) -> Callable[..., NoReturn]:
    """A primitive that a dialect has no exact form of: raises the error that names both."""

    def refuse(primitives: Primitives, *_: object) -> NoReturn:
        raise Unsupported(node, primitives.name, reason)

    return refuse


def utc(moment: datetime) -> str:
    """An instant as text, in UTC, with microseconds where there are any, and without an offset."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
