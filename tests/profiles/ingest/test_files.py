"""Files as people have them: separators, encodings, marks, quotes, odd rows; and what is no file for an import."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from profiles.models import EventType, Profile, TraitDefinition
from tests.profiles.ingest.conftest import Import, Write
from tests.profiles.ingest.customers import traits

TEXT = "external_id,name\nu1,Zoë\n"


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (TEXT.encode(), []),
        (b"\xef\xbb\xbf" + TEXT.encode(), []),
        (gzip.compress(TEXT.encode()), []),
        (TEXT.replace(",", ";").encode(), []),
        (TEXT.replace(",", "\t").encode(), []),
        (TEXT.replace("\n", "\r\n").encode(), []),
        (TEXT.replace("\n", "\r").encode(), []),
        (TEXT.encode("utf-16"), []),
        (TEXT.encode("utf-16-le"), ["--encoding", "utf-16-le"]),
        (TEXT.encode("cp1252"), ["--encoding", "windows-1252"]),
        (b"\n\n" + TEXT.encode() + b"\n,\n", []),
        (b'external_id,name,\n"u1","Zo\xc3\xab",\n', []),
        (b'{"external_id": "u1", "name": "Zo\\u00eb"}\n', []),
    ],
    ids=[
        "utf-8",
        "mark",
        "gzip",
        "semicolon",
        "tab",
        "crlf",
        "cr",
        "utf-16",
        "utf-16-le",
        "cp1252",
        "blank-lines",
        "empty-last-column",
        "json-lines",
    ],
)
def test_one_table_in_many_forms(run: Import, write: Write, content: bytes, options: list[str]) -> None:
    ended = run("import_profiles", write("p.dat", content), "--yes", *options)
    assert (ended.status, ended.number("new profiles"), ended.number("rejected rows")) == (0, 1, 0)
    assert traits("u1") == {"name": "Zoë"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"external_id,name\n", "there are no rows"),
        (b"external_id,name\nu1,Zo\xeb\n", "line 2, byte 6: 0xEB is not UTF-8"),
        (b"external_id,name,name\nu1,a,b\n", 'more than one column is called "name"'),
        (b"customer,name\nu1,a\n", "no column external_id"),
        (b'external_id,name\nu1,a\nu2,"b\nu3,c\n', "line 3: a quote that opens here is not closed"),
        (b"PK\x03\x04rest", "Excel or zip"),
        (b"\x00\x01\x02\x00", "bytes that are no text"),
        (b"PAR1 this is none", "cannot be read"),
        (gzip.compress(b"external_id,name\n" + b"u1,a\n" * 10_000)[:60], "cut off"),
        (b'[{"external_id": "u1"}]', "JSON array"),
        (b"external_id,email,E-Mail\nu1,a@b.c,\n", "would both be the email"),
        (b"external_id,company.name\nu1,a\n", "'company.name'"),
        (b'{"external_id": "u1", "address": {"city": "x"}}', "--skip address"),
    ],
    ids=range(15),
)
def test_input_that_cannot_be_imported_is_refused_as_a_whole(
    run: Import, write: Write, content: bytes, words: str
) -> None:
    ended = run("import_profiles", write("p.dat", content), "--yes")
    assert ended.status == 1
    assert words in ended.err
    assert (Profile.objects.count(), TraitDefinition.objects.count(), ended.out) == (0, 0, "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--map", "name"], "COLUMN=VALUE"),
        (["--map", "nobody=x"], "no file has a column"),
        (["--skip", "nobody"], "no file has a column"),
        (["--id", "nobody"], "no column external_id"),
        (["--timezone", "Mars/Olympus"], "no such time zone"),
        (["--encoding", "klingon"], "no such encoding"),
        (["--source", "a b"], "letters, digits"),
    ],
)
def test_options_that_do_not_fit(run: Import, write: Write, options: list[str], words: str) -> None:
    ended = run("import_profiles", write("p.csv", TEXT), "--yes", *options)
    assert ended.status == (1 if "--id" in options else 2)
    assert words in ended.err
    assert not Profile.objects.exists()


def test_a_missing_file_is_named(run: Import, write: Write) -> None:
    ended = run("import_profiles", write("p.csv", TEXT).with_name("other.csv"), "--yes")
    assert (ended.status, "other.csv: No such file" in ended.err) == (1, True)


def test_new_types_need_consent_and_nothing_is_written_without(run: Import, write: Write) -> None:
    ended = run("import_profiles", write("p.csv", "external_id,age,zip\nu1,3,01\nu2,4,10\n"))
    assert ended.status == 1
    assert ["age", "number"] in [line.split() for line in ended.err.splitlines()]
    assert ["zip", "text"] in [line.split() for line in ended.err.splitlines()]
    assert "--yes" in ended.err
    assert (Profile.objects.count(), TraitDefinition.objects.count()) == (0, 0)


def test_quoted_newlines_keep_the_line_numbers_right(run: Import, write: Write) -> None:
    content = 'external_id,note\nu1,"two\nlines"\nu2,a,b\nu3,"x"y\n,z\n'
    ended = run("import_profiles", write("p.csv", content), "--yes")
    assert (ended.number("new profiles"), ended.number("rejected rows")) == (1, 3)
    assert traits("u1") == {"note": "two\nlines"}
    assert [(line, reason[:28]) for _, line, reason, _ in ended.rejects()] == [
        ("4", "the row has 3 cells, the hea"),
        ("5", "the row cannot be split into"),
        ("6", "the row has no external_id"),
    ]


def test_rows_after_thousands_of_blank_lines_are_not_lost(run: Import, write: Write) -> None:
    content = "external_id,name\nu1,a\n" + "\n" * 25_000 + "u2,b\n"
    assert run("import_profiles", write("p.csv", content), "--yes").status == 0
    assert (traits("u1"), traits("u2")) == ({"name": "a"}, {"name": "b"})


def test_five_hundred_columns(run: Import, write: Write) -> None:
    names = [f"Column {number}" for number in range(500)]
    rows = "".join(f"u{row}," + ",".join(str(number) for number in range(500)) + "\n" for row in range(300))
    ended = run("import_profiles", write("p.csv", f"external_id,{','.join(names)}\n{rows}"), "--yes")
    assert ended.number("new profiles") == 300
    assert traits("u299")["Column 499"] == 499


def test_a_column_without_a_name_is_left_out(run: Import, write: Write) -> None:
    assert run("import_profiles", write("p.csv", ",external_id,x\n0,u1,a\n"), "--yes").status == 0
    assert traits("u1") == {"x": "a"}


def test_parquet_keeps_its_types(run: Import, write: Write) -> None:
    table = pa.table(
        {
            "external_id": [1, 2],
            "zip": ["01234", "2024-01-01"],
            "tags": [["b", "a"], None],
            "day": pa.array([0, 1], pa.date32()),
            "amount": pa.array(["1.50", "2"]).cast(pa.decimal128(9, 2)),
            "note": pa.array(["x", "x"]).dictionary_encode(),
        }
    )
    path = write("p.parquet", b"")
    pq.write_table(table, path)
    assert run("import_profiles", path, "--yes").status == 0
    day = "1970-01-01T00:00:00.000000Z"
    assert traits("1") == {"zip": "01234", "tags": ["a", "b"], "day": day, "amount": 1.5, "note": "x"}


def test_lists_are_split_and_dates_are_read_by_their_pattern(run: Import, write: Write) -> None:
    content = "external_id,tags,born,day\nu1,b; a;,3.7.2020,31/01/2024\nu2,,,later\n"
    options = ["--list", "tags=;", "--date", "born=%d.%m.%Y", "--date", "day=%d/%m/%Y"]
    ended = run("import_profiles", write("p.csv", content), "--yes", *options)
    assert (ended.number("new profiles"), ended.number("rejected rows")) == (1, 1)
    born, day = "2020-07-03T00:00:00.000000Z", "2024-01-31T00:00:00.000000Z"
    assert traits("u1") == {"tags": ["a", "b"], "born": born, "day": day}


def test_events_without_a_readable_time_are_refused_before_the_catalogue_learns_of_them(
    run: Import, write: Write
) -> None:
    path = write("e.csv", "user,When,n\nu1,27-07-2023 10:00,1\nu2,28-07-2023 11:00,2\n")
    options = ["--event", "Used", "--map", "user=user_id", "--map", "When=timestamp", "--yes"]
    ended = run("import_events", path, *options)
    assert (ended.status, "line 2: timestamp is" in ended.err, "--date" in ended.err) == (1, True, True)
    assert not EventType.objects.exists()
    ended = run("import_events", path, *options, "--date", "When=%d-%m-%Y %H:%M")
    assert (ended.status, ended.number("new events")) == (0, 2)


def test_texts_that_look_like_dates_are_pointed_out(run: Import, write: Write) -> None:
    ended = run("import_profiles", write("p.csv", "external_id,day\nu1,31/01/2024\nu2,7.2.2024 10:00\n"))
    assert "day            text  dates?" in ended.err
