"""The SQL of a dozen definitions in every dialect, as files that people read.

`python -m tests.rules.test_sql_golden` writes them anew; read the difference before you commit it.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segments.rules.parse import parse
from segments.rules.sql import DIALECTS, Unsupported, to_sql
from tests.rules.sample import CATALOGUE

FOLDER = Path(__file__).parent / "golden" / "sql"
AS_OF = datetime(2026, 3, 31, 12, tzinfo=UTC)
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def written(name: str, dialect: str) -> str:
    """The SQL, or why there is none."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    try:
        return to_sql(parse(document, CATALOGUE), CATALOGUE, AS_OF, dialect)
    except Unsupported as error:
        return f"-- {error}\n"


def golden(name: str, dialect: str) -> Path:
    return FOLDER / f"{name}.{dialect}.sql"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", NAMES)
def test_sql_is_as_it_was_read_and_approved(name: str, dialect: str) -> None:
    assert written(name, dialect) == golden(name, dialect).read_text(encoding="utf-8")


def test_a_dozen_definitions_have_golden_sql() -> None:
    assert len(NAMES) >= 12


if __name__ == "__main__":
    for each in NAMES:
        for one in DIALECTS:
            golden(each, one).write_text(written(each, one), encoding="utf-8")
