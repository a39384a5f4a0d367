"""Lines that Arrow splits at once: it answers what row by row reading does, or nothing."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.ingest.readers import opening, plain
from profiles.models import Profile
from tests.profiles.ingest.conftest import Import, Write
from tests.profiles.ingest.customers import lake, traits

CELL = st.text(alphabet='ab ,;"\r\n\\ß\0', max_size=4)
QUOTED = CELL.map(lambda text: '"' + text.replace('"', '""') + '"')
ROWS = st.lists(st.lists(CELL | QUOTED, min_size=2, max_size=3).map(",".join), min_size=1, max_size=4)


@settings(max_examples=500, deadline=None)
@given(ROWS)
def test_what_is_split_at_once_is_what_row_by_row_reading_gives(rows: list[str]) -> None:
    text = "\n".join(rows) + "\n"
    columns = plain.split(text.encode(), 2, ",")
    if columns is not None:
        one_by_one = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert list(map(list, zip(*(column.to_pylist() for column in columns), strict=True))) == one_by_one


@pytest.mark.parametrize(
    "block",
    [
        b"a,b\nc,d\n",
        b"a,b\r\n,d\r\n",
        b'"a","b"\n"","d, e"\n',
        b'"a ""b""",c\n',
        "ß,→\n".encode(),
    ],
)
def test_usual_lines_are_split_at_once(block: bytes) -> None:
    columns = plain.split(block, 2, ",")
    assert columns is not None
    assert len(columns[0]) == block.count(b"\n")


@pytest.mark.parametrize(
    "block",
    [
        b"a,b",
        b"a,b\n\n",
        b"a\n",
        b"a,b,c\n",
        b"a,b\n,\n",
        b'"a"b,c\n',
        b'a"b,c\n',
        b'"a\nb",c\n',
        b"a,b\rc\n",
        b"\xff,b\n",
    ],
)
def test_odd_lines_are_left_to_row_by_row_reading(block: bytes) -> None:
    assert plain.split(block, 2, ",") is None


def test_odd_rows_among_thousands_of_plain_ones_lose_nothing(
    run: Import, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUFFER", 4096)
    rows = [f"u{row},{row},2026-01-01,Name {row}" for row in range(3_000)]
    rows[700] = 'u700,700,2026-01-01,"two\nlines"'
    rows[1_000] = "u1000,1000,2026-01-01"
    rows[1_500] = "u1500,many,2026-01-01,x"
    rows[2_000] = "u2000,2000,2026-02-30,x"
    rows[2_500] = 'u2500,"2"5,2026-01-01,x'
    types = write("types.json", '{"profile_traits": {"n": "number", "day": "datetime"}}')
    ended = run(
        "import_profiles", write("p.csv", "external_id,n,day,name\n" + "\n".join(rows)), "--types", types, "--yes"
    )
    assert (ended.number("rows read"), ended.number("new profiles"), ended.number("rejected rows")) == (3_000, 2_996, 4)
    assert sorted(int(line) for _, line, _, _ in ended.rejects()) == [1_003, 1_503, 2_003, 2_503]
    assert traits("u700") == {"n": 700, "day": "2026-01-01T00:00:00.000000Z", "name": "two\nlines"}
    numbers = set(range(3_000)) - {1_000, 1_500, 2_000, 2_500}
    assert lake("SELECT count(*), sum(n) FROM users") == [(2_996, float(sum(numbers)))]
    assert Profile.objects.count() == 2_996


def test_rows_without_any_trait_are_among_the_others(run: Import, write: Write) -> None:
    run("import_profiles", write("p.csv", "external_id,a,b\nu1,,\nu2,x,\nu3,,y\n"), "--yes")
    assert [traits(name) for name in ("u1", "u2", "u3")] == [{}, {"a": "x"}, {"b": "y"}]
