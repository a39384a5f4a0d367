"""A whole column of a chunk at once, in Arrow: values with the reasons of those refused, and their JSON.

Most cells have a usual form, and Arrow's kernels read a column of them faster than Python reads one cell. What they
leave unread, because it is spelt otherwise or is wrong, is read one by one by the exact rules of `values`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from json.encoder import encode_basestring
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest import values
from profiles.ingest.refusals import RefusedError
from profiles.ingest.values import BOUND, FIRST_YEAR, LAST_YEAR, NULL, Parse
from profiles.lake.layout import ARROW_TYPES
from profiles.models import TraitType

PLAIN_NUMBER = r"^-?\d{1,15}(?:\.\d{1,20})?$"
DAY = r"(?:19\d\d|2[0-2]\d\d)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?"
TRUE, FALSE = pa.array(["true", "True", "TRUE"]), pa.array(["false", "False", "FALSE"])
ESCAPED = '["\\\\\\x00-\\x1f]'
WALL, INSTANT = pa.timestamp("us"), ARROW_TYPES[TraitType.DATETIME]


@dataclass(frozen=True, slots=True)
class Reading:
    """How one column is read: the type it should have, and how its texts are turned into it."""

    type: str
    zone: tzinfo
    separator: str | None = None
    date_form: str | None = None

    def parser(self, *, typed: bool) -> Parse:
        """Reads one value that is there."""
        if self.separator is not None and self.type == TraitType.LIST:
            return values.split_parser(self.separator)
        if self.date_form is not None and self.type == TraitType.DATETIME:
            return values.date_parser(self.date_form, self.zone)
        return values.typed_parser(self.type, self.zone) if typed else values.cell_parser(self.type, self.zone)

    @property
    def in_utc(self) -> bool:
        """Whether times without an offset are simply times of UTC."""
        return str(self.zone) == "UTC"


@dataclass(slots=True)
class Column:
    """The values of one column as the lake holds them, null where there is none; why some rows are refused; and the
    rows whose value the file takes away."""

    type: str
    values: pa.Array
    refused: dict[int, str] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()


def read_cells(cells: pa.Array, reading: Reading) -> Column:
    """A column of CSV cells; an empty cell says nothing."""
    found = _CELLS[reading.type](cells, reading)
    unread = pc.and_(pc.is_null(found), pc.not_equal(cells, ""))
    return _with_the_rest(cells, found, unread, reading.type, reading.parser(typed=False))


def read_typed(found: pa.Array | list[Any], reading: Reading) -> Column:
    """A column of Parquet (an array) or of JSON lines (None is nothing said, NULL is taken away)."""
    parse = reading.parser(typed=True)
    if isinstance(found, list):
        return _one_by_one(found, reading.type, parse)
    taken = _of_arrow(found, reading)
    return _with_the_rest(found, taken, pc.and_(pc.is_null(taken), pc.is_valid(found)), reading.type, parse)


def _with_the_rest(found: pa.Array, taken: pa.Array, unread: pa.Array, kind: str, parse: Parse) -> Column:
    """`taken`, and what is `unread` read one by one; a text that comes again is not read again."""
    positions = pc.indices_nonzero(unread)
    if not len(positions):
        return Column(kind, taken)
    rest = found.take(positions)
    if pa.types.is_string(rest.type):
        encoded = rest.dictionary_encode()
        distinct = _one_by_one(encoded.dictionary.to_pylist(), kind, parse)
        read = Column(kind, distinct.values.take(encoded.indices))
        if distinct.refused:
            reasons = map(distinct.refused.get, encoded.indices.to_pylist())
            read.refused = {place: reason for place, reason in enumerate(reasons) if reason is not None}
    else:
        read = _one_by_one(rest.to_pylist(), kind, parse)
    places = positions.to_pylist()
    sources = list(range(len(taken)))
    for number, place in enumerate(places):
        sources[place] = len(taken) + number
    together = pa.concat_arrays([taken, read.values]).take(pa.array(sources, pa.int64()))
    return Column(kind, together, {places[place]: reason for place, reason in read.refused.items()})


def _one_by_one(found: Sequence[Any], kind: str, parse: Parse) -> Column:
    results: list[Any] = [None] * len(found)
    refused: dict[int, str] = {}
    removed = []
    for position, value in enumerate(found):
        if value is NULL:
            removed.append(position)
        elif value is not None:
            try:
                results[position] = parse(value)
            except RefusedError as error:
                refused[position] = str(error)
    return Column(kind, pa.array(results, ARROW_TYPES[kind]), refused, frozenset(removed))


def _text_cells(cells: pa.Array, _reading: Reading) -> pa.Array:
    readable = pc.and_(pc.not_equal(cells, ""), pc.invert(pc.match_substring(cells, "\0")))
    return pc.if_else(readable, cells, None)


def _number_cells(cells: pa.Array, _reading: Reading) -> pa.Array:
    plain = pc.if_else(pc.match_substring_regex(cells, PLAIN_NUMBER), cells, None)
    return _bounded(pc.cast(plain, pa.float64()))


def _bounded(numbers: pa.Array) -> pa.Array:
    """Numbers that may be, -0 as 0; the rest is null, NaN too."""
    return pc.if_else(pc.less(pc.abs(numbers), BOUND), pc.add(numbers, 0.0), None)


def _boolean_cells(cells: pa.Array, _reading: Reading) -> pa.Array:
    is_true = pc.is_in(cells, TRUE)
    return pc.if_else(pc.or_(is_true, pc.is_in(cells, FALSE)), is_true, None)


def _datetime_cells(cells: pa.Array, reading: Reading) -> pa.Array:
    nothing = pa.nulls(len(cells), INSTANT)
    if reading.date_form is not None:
        return nothing
    forms = [(f"^{DAY}T{CLOCK}Z$", ""), (f"^{DAY}$", "T00:00:00Z")]
    if reading.in_utc:
        forms.append((f"^{DAY}[T ]{CLOCK}$", "Z"))
    spelt = pa.nulls(len(cells), pa.string())
    for form, end in forms:
        spelt = pc.if_else(pc.match_substring_regex(cells, form), _joined(cells, end) if end else cells, spelt)
        if not spelt.null_count:
            break
    try:
        return pc.cast(spelt, INSTANT)
    except pa.ArrowInvalid:  # one is no date, such as 30 February
        return nothing


def _list_cells(cells: pa.Array, _reading: Reading) -> pa.Array:
    return pa.nulls(len(cells), ARROW_TYPES[TraitType.LIST])


_CELLS: dict[str, Callable[[pa.Array, Reading], pa.Array]] = {
    TraitType.TEXT: _text_cells,
    TraitType.NUMBER: _number_cells,
    TraitType.BOOLEAN: _boolean_cells,
    TraitType.DATETIME: _datetime_cells,
    TraitType.LIST: _list_cells,
}


def _of_arrow(found: pa.Array, reading: Reading) -> pa.Array:
    """The values of a Parquet column that can be taken as they are; null for the rest."""
    kind, of = reading.type, found.type
    if kind == TraitType.TEXT and pa.types.is_string(of):
        return pc.if_else(pc.match_substring(found, "\0"), None, found)
    if kind == TraitType.NUMBER and (pa.types.is_integer(of) or pa.types.is_floating(of)):
        return _bounded(pc.cast(found, pa.float64(), safe=False))
    if kind == TraitType.BOOLEAN and pa.types.is_boolean(of):
        return found
    if kind == TraitType.DATETIME and _are_instants(of, reading):
        wall = pc.cast(found, pa.timestamp("us", getattr(of, "tz", None)), safe=False)
        moments = pc.cast(wall, INSTANT)
        return pc.if_else(pc.and_(pc.greater_equal(moments, EARLIEST), pc.less(moments, TOO_LATE)), moments, None)
    return pa.nulls(len(found), ARROW_TYPES[kind])


def _are_instants(kind: pa.DataType, reading: Reading) -> bool:
    return pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and (kind.tz is not None or reading.in_utc))


EARLIEST = pa.scalar(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), INSTANT)
TOO_LATE = pa.scalar(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC), INSTANT)


def json_members(key: str, column: Column) -> pa.Array:
    """``"key":value`` for every row that has one, null for the rest."""
    return _joined(encode_basestring(key) + ":", _WRITERS[column.type](column.values))


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _text_json(found: pa.Array) -> pa.Array:
    quoted = _joined('"', found, '"')
    special = pc.fill_null(pc.match_substring_regex(found, ESCAPED), False)
    if not pc.any(special).as_py():
        return quoted
    escaped = pa.array([encode_basestring(text) for text in found.filter(special).to_pylist()], pa.string())
    return pc.replace_with_mask(quoted, special, escaped)


def _datetime_json(found: pa.Array) -> pa.Array:
    wall = pc.cast(pc.cast(found, WALL), pa.string())  # in UTC without saying so: Arrow then needs no time zone files
    return _joined('"', pc.utf8_replace_slice(wall, 10, 11, "T"), 'Z"')


def _list_json(found: pa.Array) -> pa.Array:
    items = _text_json(found.flatten())
    lists = pa.ListArray.from_arrays(_offsets(found), items, mask=found.is_null()) if len(items) else None
    inner = pc.binary_join(lists, ",") if lists is not None else pc.if_else(found.is_null(), None, pa.scalar(""))
    return _joined("[", inner, "]")


def _offsets(lists: pa.Array) -> pa.Array:
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    return pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])


_WRITERS: dict[str, Callable[[pa.Array], pa.Array]] = {
    TraitType.TEXT: _text_json,
    TraitType.NUMBER: lambda found: pc.cast(found, pa.string()),
    TraitType.BOOLEAN: lambda found: pc.cast(found, pa.string()),
    TraitType.DATETIME: _datetime_json,
    TraitType.LIST: _list_json,
}
