"""The first reading of the whole input: how many rows, which values of which types, and what to tell about it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.evidence import Evidence
from profiles.ingest.naming import Found, Namer
from profiles.ingest.options import Options
from profiles.ingest.refusals import ImportRefusedError

WITHOUT_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)


@dataclass(slots=True)
class Survey:
    """What the first reading has seen, but for what is `settled`: (owner, key), "" being the owner of traits."""

    settled: frozenset[tuple[str, str]]
    evidence: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    rows: int = 0
    local_times: bool = False

    def add(self, owner: str, fields: Mapping[str, Found], lines: Sequence[int], *, typed: bool) -> None:
        """Take in the values of some rows."""
        for key, found in fields.items():
            self.see_times(found, typed=typed)
            if (owner, key) in self.settled:
                continue
            evidence = self.evidence.get((owner, key))
            if evidence is None:
                evidence = self.evidence[owner, key] = Evidence()
            if typed:
                evidence.add_typed(found)
            else:
                evidence.add_cells(found, lines)

    def see_times(self, found: Found, *, typed: bool) -> None:
        """Notice times without an offset; a look at one value of each column and chunk will do."""
        if self.local_times:
            return
        sample = _sample(found)
        if isinstance(sample, str):
            self.local_times = WITHOUT_OFFSET.fullmatch(sample) is not None
        elif typed and isinstance(sample, datetime):
            self.local_times = sample.tzinfo is None

    def check(self, options: Options, namer: Namer, say: Callable[[str], object]) -> None:
        """Refuse an input without rows and options that fit no column; tell what a user may not expect."""
        if not self.rows:
            raise ImportRefusedError(f"{', '.join(options.names)}: there are no rows to import")
        namer.check_used()
        if self.local_times and not options.zone_given:
            say("Times without an offset are read as UTC; say another zone with --timezone.")
        for key, count in sorted(namer.left_out.items()):
            say(f"{key!r} is neither an identifier nor within {namer.kind.nested!r}: left out of {count} lines.")


def _sample(found: Found) -> Any:
    """A text or instant of a column, if it has any."""
    if isinstance(found, list):
        return next((value for value in found if value), None)
    if pa.types.is_string(found.type):
        there = pc.index(pc.fill_null(pc.not_equal(found, ""), False), True).as_py()
    elif pa.types.is_timestamp(found.type):
        there = pc.index(found.is_valid(), True).as_py()
    else:
        return None
    return None if there < 0 else found[there].as_py()
