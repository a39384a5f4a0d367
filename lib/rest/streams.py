"""Answers of any length, sent while they are made: JSON lines, and CSV that no spreadsheet runs."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.http import StreamingHttpResponse

from lib.formulas import escape_formula

NDJSON, CSV = "application/x-ndjson", "text/csv; charset=utf-8"
CHUNK = 64 * 1024
"""Bytes, or somewhat more, that are sent at once."""


def ndjson(rows: Iterable[Mapping[str, object]]) -> StreamingHttpResponse:
    """One JSON object per line, in UTF-8."""
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    return StreamingHttpResponse(_chunks(f"{encoder.encode(dict(row))}\n" for row in rows), content_type=NDJSON)


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A CSV file to save as `name`; None is an empty cell, lists and objects are JSON, formulas are escaped."""
    lines = (_line(row) for row in _with_header(header, rows))
    disposition = f'attachment; filename="{name}"'
    return StreamingHttpResponse(_chunks(lines), content_type=CSV, headers={"Content-Disposition": disposition})


def _with_header(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    yield from rows


def _line(row: Sequence[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([_cell(value) for value in row])
    return written.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return escape_formula(value)
        case date():  # and datetime
            return value.isoformat()
        case bool() | list() | dict():
            return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
        case _:
            return str(value)


def _chunks(lines: Iterable[str]) -> Iterator[bytes]:
    waiting = bytearray()
    for line in lines:
        waiting += line.encode()
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
