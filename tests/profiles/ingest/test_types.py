"""Which type a column gets, and which values a type takes."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from profiles.ingest.columns import Reading, json_members, read_cells, read_typed
from profiles.ingest.evidence import Evidence
from profiles.models import TraitDefinition
from tests.profiles.ingest.conftest import Import, Write
from tests.profiles.ingest.customers import traits, types

UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "", "-2.5", "1e3", ".5", "7."], "number"),
        (["0", "1", "0"], "number"),
        (["01234", "99999"], "text"),
        (["+4912345"], "text"),
        (["1234567890123"], "text"),
        (["12", "n/a"], "text"),
        (["1,5"], "text"),
        (["1", "nan", "1e400", "-inf"], "number"),
        (["nan"], "text"),
        ([" ", "12.5", ""], "number"),
        (["TRUE", "false"], "boolean"),
        (["yes", "no"], "text"),
        (["2024-01-31", "2024-01-31 10:00"], "datetime"),
        (["2024-01-31T10:00:00Z", "2024-01-31T10:00:00.123456789+02:00"], "datetime"),
        (["20240131"], "number"),
        (["31/01/2024"], "text"),
        (['["a"]', "[]"], "list"),
        (["", " "], None),
    ],
)
def test_the_type_of_a_column_of_cells(cells: list[str], expected: str | None) -> None:
    evidence = Evidence()
    for cell in cells:  # one chunk per cell: the order of chunks does not count
        evidence.add_cells(pa.array([cell]), [1])
    together = Evidence()
    together.add_cells(pa.array(cells), list(range(len(cells))))
    assert (evidence.type(), together.type()) == (expected, expected)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([1, 2.5, None], "number"),
        ([True, False], "boolean"),
        (["2024-01-01", "2024-01-02T00:00:00Z"], "datetime"),
        (["2024-01-01", "soon"], "text"),
        ([["a"], []], "list"),
        ([{"a": 1}], "object"),
        ([1, 1, "x"], "number"),
        ([None], None),
    ],
)
def test_the_type_of_a_column_of_json(found: list[Any], expected: str | None) -> None:
    evidence = Evidence()
    evidence.add_typed(found)
    assert evidence.type() == expected


def test_what_made_a_column_a_text_is_remembered_with_its_line() -> None:
    evidence = Evidence()
    evidence.add_cells(pa.array(["1", "", "n/a", "x"]), [2, 3, 4, 5])
    assert (evidence.type(), evidence.note) == ("text", 'line 4 holds "n/a", not a number')


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("number", "-0", 0.0),
        ("number", " 12 ", 12.0),
        ("number", "999999999999.5", 999999999999.5),
        ("number", "1e-400", 0.0),
        ("boolean", "True", True),
        ("datetime", "2024-01-31", datetime(2024, 1, 31, tzinfo=UTC)),
        ("datetime", "2024-07-31 10:00", datetime(2024, 7, 31, 10, tzinfo=UTC)),
        ("datetime", "2024-01-31T10:00:00.1234567Z", datetime(2024, 1, 31, 10, 0, 0, 123456, tzinfo=UTC)),
        ("datetime", "2024-01-31T10:00:00-0530", datetime(2024, 1, 31, 15, 30, tzinfo=UTC)),
        ("list", '["b", "a", "b"]', ["a", "b"]),
        ("text", "12", "12"),
        ("text", " ", " "),
        ("number", " ", None),
    ],
)
def test_cells_are_converted_by_the_type_they_should_have(kind: str, cell: str, value: object) -> None:
    column = read_cells(pa.array([cell]), Reading(kind, UTC_ZONE))
    assert (column.values.to_pylist(), column.refused) == ([value], {})


@pytest.mark.parametrize(
    ("kind", "cell", "words"),
    [
        ("number", "1e400", "between -10^12 and 10^12"),
        ("number", "1000000000000", "between -10^12 and 10^12"),
        ("number", "NaN", "no finite number"),
        ("number", "inf", "no finite number"),
        ("number", "1_000", "not a number"),
        ("number", "١٢", "not a number"),
        ("boolean", "1", "not true or false"),
        ("datetime", "2024-02-30", "no such date"),
        ("datetime", "2024-01-31T24:00:00Z", "24"),
        ("datetime", "2024-01-31T23:59:60Z", "no such date"),
        ("datetime", "1899-12-31", "1900 to 2299"),
        ("datetime", "2300-01-01", "1900 to 2299"),
        ("datetime", "9999-12-31T23:00:00-05:00", "1900 to 2299"),
        ("datetime", "2024-W01-1", "not a date"),
        ("list", "a;b", "--list"),
        ("list", '["a", 1]', "lists of texts"),
        ("text", "a\0b", "U+0000"),
    ],
)
def test_cells_that_the_type_does_not_take(kind: str, cell: str, words: str) -> None:
    column = read_cells(pa.array([cell, ""]), Reading(kind, UTC_ZONE))
    assert column.values.to_pylist() == [None, None]
    assert list(column.refused) == [0]
    assert words in column.refused[0]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("number", "true"),
        ("number", '"1"'),
        ("number", '""'),
        ("number", "NaN"),
        ("number", "1e999"),
        ("number", "1" + "0" * 400),
        ("boolean", "1"),
        ("boolean", '"true"'),
        ("text", "1"),
        ("text", '"a\\ud800"'),
        ("text", '"a\\u0000"'),
        ("datetime", "1700000000"),
        ("list", '"a"'),
        ("list", "[null]"),
        ("list", "[1]"),
        ("text", '{"a": 1}'),
    ],
)
def test_json_values_are_never_coerced(kind: str, line: str) -> None:
    column = read_typed([json.loads(line), None], Reading(kind, UTC_ZONE))
    assert (column.values.to_pylist(), list(column.refused)) == ([None, None], [0])


def test_a_wall_time_is_read_in_the_zone_of_the_import() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    cells = ["2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-01-31"]
    assert read_cells(pa.array(cells), Reading("datetime", berlin)).values.to_pylist() == [
        datetime(2024, 3, 31, 1, 30, tzinfo=UTC),  # skipped: the offset before the jump
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),  # twice: the first
        datetime(2024, 1, 31, tzinfo=UTC),  # a date alone is midnight UTC
    ]


def test_values_are_stored_as_canonical_json() -> None:
    cells = {"number": ["7.0", "-0", "0.1"], "text": ['a"\n', "ß", ""], "list": ['["b","a"]', "[]", ""]}
    columns = {kind: read_cells(pa.array(found), Reading(kind, UTC_ZONE)) for kind, found in cells.items()}
    stored = {kind: json_members("k", column).to_pylist() for kind, column in columns.items()}
    assert stored == {
        "number": ['"k":7', '"k":0', '"k":0.1'],
        "text": ['"k":"a\\"\\n"', '"k":"ß"', None],
        "list": ['"k":["a","b"]', '"k":[]', None],
    }


def test_a_trait_keeps_its_type_and_a_cell_that_does_not_fit_rejects_its_row(run: Import, write: Write) -> None:
    run("import_profiles", write("p.csv", "external_id,age,zip\nu1,3,a\n"), "--yes")
    ended = run("import_profiles", write("q.csv", "external_id,age,zip\nu1,x,b\nu2,12,12\n"))
    assert (ended.status, ended.number("rejected rows"), ended.number("new profiles")) == (0, 1, 1)
    assert (types(), traits("u1"), traits("u2")) == (
        {"age": "number", "zip": "text"},
        {"age": 3, "zip": "a"},
        {"age": 12, "zip": "12"},
    )


def test_a_types_file_declares_and_what_it_does_not_name_is_inferred(run: Import, write: Write) -> None:
    declared = {
        "profile_traits": {"code": "text", "later": "list"},
        "company_traits": {"size": "number"},
        "events": {"Paid": {"amount": "number"}},
    }
    types_file = write("types.json", json.dumps(declared))
    ended = run("import_profiles", write("p.csv", "external_id,code\nu1,12\n"), "--types", types_file)
    assert (ended.status, traits("u1")) == (0, {"code": "12"})
    assert types() == {"code": "text", "later": "list"}
    assert types("company") == {"size": "number"}
    ended = run("import_profiles", write("p.csv", "external_id,code,n\nu1,12,3\n"), "--types", types_file)
    assert (ended.status, "--yes" in ended.err) == (1, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        ('{"traits": {}}', "traits is none of"),
        ('{"profile_traits": {"a": "int"}}', "the types are text, number"),
        ('{"profile_traits": {"email": "text"}}', "identifiers are no traits"),
    ],
)
def test_a_types_file_that_says_nothing_sensible(run: Import, write: Write, content: str, words: str) -> None:
    ended = run(
        "import_profiles", write("p.csv", "external_id,x\nu1,1\n"), "--yes", "--types", write("t.json", content)
    )
    assert (ended.status, words in ended.err) == (1, True)
    assert not TraitDefinition.objects.exists()
