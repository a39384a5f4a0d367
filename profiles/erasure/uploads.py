"""What files of imports hold of a person: rejected rows go; what was sent goes by itself when its import is over."""

import csv
import json
import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path

from profiles.erasure.records import mentions
from profiles.erasure.tombstones import Named
from profiles.followers import Remain
from profiles.imports import files
from profiles.imports.queue import KEPT
from profiles.models import Erasure, Import


def forget_rejects(names: Collection[Named], _erasure: Erasure) -> int:
    """Rewrite the files of rejected rows without those that name them; answers how many rows."""
    wanted = frozenset(value.lower() for _, value in names)
    return sum(_without(files.rejects_of(pk), wanted) for pk in files.kept() if files.rejects_of(pk).exists())


def waiting_files(erasure: Erasure) -> list[Remain]:
    """Files that came before the erasure, whose imports are not over: what they say of the person is refused."""
    older = Import.objects.filter(state__in=Import.OPEN, created_at__lte=erasure.requested_at, size__isnull=False)
    return [
        Remain(f"the file of import {row.pk}", f"the import is over, or {KEPT.days} days after it came, it is deleted")
        for row in older.order_by("pk")
    ]


def _without(path: Path, wanted: frozenset[str]) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        if not any(_concerned(row, wanted) for row in csv.reader(file)):
            return 0
        file.seek(0)
        number, name = tempfile.mkstemp(".part", dir=path.parent)
        with os.fdopen(number, "w", encoding="utf-8", newline="") as kept:
            dropped = 0
            writer = csv.writer(kept)
            for row in csv.reader(file):
                if _concerned(row, wanted):
                    dropped += 1
                else:
                    writer.writerow(row)
            kept.flush()
            os.fsync(kept.fileno())
    Path(name).replace(path)
    return dropped


def _concerned(row: list[str], wanted: frozenset[str]) -> bool:
    """Whether the row that was sent, the last column as JSON, names them; or the reason does."""
    if len(row) != len(_COLUMNS):
        return False
    reason, raw = row[2].lower(), row[3]
    if any(json.dumps(value) in reason for value in wanted):
        return True
    try:
        sent = json.loads(raw)
    except ValueError:
        sent = raw
    cells = re.split(r"[,;\t\s\"]+", sent) if isinstance(sent, str) else sent  # a line that could not be read
    return mentions(cells, wanted)


_COLUMNS = ("file", "line", "reason", "row")
