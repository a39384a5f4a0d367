"""From trees to the text of a dialect."""

from typing import Final

from sqlglot import Dialect, exp

from segments.rules.sql.dialects import DIALECTS
from segments.rules.sql.dialects.base import Primitives
from segments.rules.sql.unsupported import Unsupported

ENGINE: Final = "duckdb"


def primitives_of(dialect: str) -> Primitives:
    """The primitives of a dialect. Raises Unsupported for one that is not there."""
    if dialect not in DIALECTS:
        raise Unsupported("a definition", dialect, f"there is no such dialect, only {', '.join(DIALECTS)}")
    return DIALECTS[dialect]


def write(query: exp.Query, dialect: str = ENGINE, *, pretty: bool = False) -> str:
    """Nobody needs the tree again, so it is not copied first."""
    writer = Dialect.get_or_raise(dialect)
    return writer.generate(query, copy=False, pretty=pretty, normalize_functions=False)
