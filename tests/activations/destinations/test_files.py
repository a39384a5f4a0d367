"""The file destination: the contract, and what is only its own."""

import gzip
import os
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from activations import connections
from activations.destinations.base import (
    Column,
    ColumnType,
    Fate,
    MisconfiguredError,
    Mode,
    OrderedAnswer,
    Record,
    RejectedError,
    Sync,
    TransientError,
    Value,
)
from activations.destinations.files import FilesDestination
from activations.destinations.files.cells import cell, escape_formula
from tests.activations import reading
from tests.activations.contract import COLUMNS, DestinationContract, person

CONFIG = {"folder": "crm/nightly", "compression": "none", "newline": "lf"}


class FilesContract(DestinationContract):
    kind = "files"

    @pytest.fixture(autouse=True)
    def _exports(self, settings: Settings) -> None:
        self.exports = Path(settings.EXPORTS)

    def config(self) -> dict[str, str]:
        return CONFIG

    def wrong_config(self) -> dict[str, str]:
        return CONFIG | {"folder": "../elsewhere"}

    def held(self) -> dict[str, str]:
        return {key: row[1] for key, row in reading.applied(self.exports / "crm/nightly").items()}


class TestPlain(FilesContract):
    pass


class TestGzipped(FilesContract):
    def config(self) -> dict[str, str]:
        return CONFIG | {"compression": "gzip", "newline": "crlf"}


def a_sync(run: int = 1, attempt: int = 1, columns: tuple[Column, ...] = COLUMNS, mode: Mode = Mode.REPLACE) -> Sync:
    return Sync(run, attempt, "vip-there", "vip", mode, columns, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("-5", "-5"),
        ("-5+cmd|' /C calc'!A0", "'-5+cmd\\|' /C calc'!A0"),
        ("@x", "'@x"),
        ("+44 20", "'+44 20"),
        ("|x", "'\\|x"),
        ("%x", "'%x"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        ("", ""),
        ("-1,000.50", "-1,000.50"),
    ],
)
def test_formula_characters_are_escaped(value: str, expected: str) -> None:
    assert escape_formula(value) == expected


@pytest.mark.parametrize(
    ("type_", "escape", "value", "expected"),
    [
        (ColumnType.NUMBER, None, 5, "5"),
        (ColumnType.NUMBER, None, -5.0, "-5"),
        (ColumnType.NUMBER, None, 0.1, "0.1"),
        (ColumnType.PHONE, None, "+15551234567", "+15551234567"),
        (ColumnType.PHONE, True, "+15551234567", "'+15551234567"),
        (ColumnType.IDENTIFIER, None, "@ann", "@ann"),
        (ColumnType.TEXT, None, "@ann", "'@ann"),
        (ColumnType.TEXT, False, "@ann", "@ann"),
        (ColumnType.BOOLEAN, None, True, "true"),
        (ColumnType.LIST, None, ["a", "é"], '["a", "é"]'),
        (ColumnType.DATETIME, None, "2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z"),
        (ColumnType.TEXT, None, None, ""),
    ],
)
def test_cells_are_written_by_the_type_of_their_column(
    type_: ColumnType, escape: bool | None, value: Value, expected: str
) -> None:
    assert cell(Column("x", type_, escape=escape), value) == expected


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column("seats", ColumnType.NUMBER), "many"),
        (Column("seats", ColumnType.NUMBER), True),
        (Column("email", ColumnType.IDENTIFIER, is_key=True), None),
        (Column("email", ColumnType.IDENTIFIER, is_key=True), "a\nb"),
        (Column("email", ColumnType.IDENTIFIER, is_key=True), " "),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_columns_name(column: Column, value: Value) -> None:
    with pytest.raises(RejectedError, match=column.name):
        cell(column, value)


def test_refused_rows_go_to_a_file_of_their_own(settings: Settings) -> None:
    with closing(FilesDestination(CONFIG)) as tool:
        tool.begin(a_sync())
        answer = tool.add([person("ann@a.io", "pro"), person("=b\n", "pro")])
        tool.finish()
    assert isinstance(answer, OrderedAnswer)
    assert [outcome.fate for outcome in answer.outcomes] == [Fate.HELD, Fate.REJECTED]
    folder = settings.EXPORTS / "crm/nightly"
    [manifest] = reading.manifests(folder)
    assert [entry["name"] for entry in manifest["files"]] == ["vip_0000000001.csv", "vip_0000000001.rejects.csv"]
    assert reading.table(folder, manifest["files"][1])[1][0] == "'=b\n"


def test_nothing_can_be_seen_before_the_end_and_nothing_is_left_after_a_cut(settings: Settings) -> None:
    folder = settings.EXPORTS / "crm/nightly"
    with closing(FilesDestination(CONFIG)) as tool:
        tool.begin(a_sync())
        tool.add([person("ann@a.io", "pro")])
        assert [path.name for path in folder.iterdir()] == [".vip_0000000001.csv.1.part"]
    assert list(folder.iterdir()) == []


def test_an_attempt_that_died_leaves_no_trace_in_the_next(settings: Settings) -> None:
    folder = settings.EXPORTS / "crm/nightly"
    dead = FilesDestination(CONFIG)
    dead.begin(a_sync())
    dead.add([person("ann@a.io", "pro"), person("\n", "pro")])
    (folder / "vip_0000000001.rejects.csv").write_text("published before the manifest was")
    with closing(FilesDestination(CONFIG)) as tool:
        tool.begin(a_sync(attempt=2))
        tool.add([person("bob@a.io", "pro")])
        tool.finish()
    assert sorted(path.name for path in folder.iterdir()) == ["vip_0000000001.csv", "vip_0000000001.manifest.json"]
    assert set(reading.applied(folder)) == {"bob@a.io"}


def test_the_same_run_makes_the_same_bytes(settings: Settings) -> None:
    folder = settings.EXPORTS / "crm/nightly"
    seen = set()
    for attempt in (1, 2):
        with closing(FilesDestination(CONFIG | {"compression": "gzip"})) as tool:
            tool.begin(a_sync(attempt=attempt))
            tool.add([person("ann@a.io", "pro")])
            tool.finish()
        seen.add((folder / "vip_0000000001.csv.gz").read_bytes())
    assert len(seen) == 1
    assert gzip.decompress(seen.pop()).decode() == "email,plan\nann@a.io,pro\n"


@pytest.mark.parametrize("folder", ["..", "../x", "a/../../x", "link/x"])
def test_a_folder_outside_the_exports_is_refused(folder: str, settings: Settings, tmp_path: Path) -> None:
    settings.EXPORTS.mkdir()
    (tmp_path / "outside").mkdir()
    (settings.EXPORTS / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(MisconfiguredError, match="not below the exports folder"):
        FilesDestination(CONFIG | {"folder": folder}).check()
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("folder", ["", "/etc", "a\\b", "\x00"])
def test_the_form_refuses_what_is_no_relative_path(folder: str) -> None:
    with pytest.raises(ValidationError, match="folder"):
        connections.clean_config("files", CONFIG | {"folder": folder})


def test_a_file_in_the_place_of_the_folder_is_named(settings: Settings) -> None:
    settings.EXPORTS.mkdir()
    (settings.EXPORTS / "crm").write_text("")
    with pytest.raises(MisconfiguredError, match="crm"):
        FilesDestination(CONFIG).check()


def test_a_full_disk_is_worth_another_try(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(FilesDestination(CONFIG)) as tool:
        tool.begin(a_sync())

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(TransientError, match="make room"):
            tool.finish()
    assert list((settings.EXPORTS / "crm/nightly").iterdir()) == []


def test_removals_name_the_key_only(settings: Settings) -> None:
    with closing(FilesDestination(CONFIG)) as tool:
        tool.begin(a_sync(mode=Mode.MIRROR))
        tool.remove([Record("ann@a.io")])
        tool.finish()
    assert (settings.EXPORTS / "crm/nightly/vip_0000000001_removed.csv").read_text() == "email\nann@a.io\n"
