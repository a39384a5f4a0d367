"""Reads what the file destination wrote, as a careful consumer would: by manifest, in the order of the runs."""

import csv
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

Rows = dict[str, list[str]]


def manifests(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.manifest.json"))]


def table(folder: Path, entry: dict[str, Any]) -> list[list[str]]:
    """The rows of one file of a manifest, header first, after checking its hash and its count."""
    data = (folder / entry["name"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    text = (gzip.decompress(data) if entry["name"].endswith(".gz") else data).decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == entry["rows"] + 1
    return rows


def applied(folder: Path, *, key: int = 0) -> Rows:
    """What a consumer holds after all runs: key → row. Removed before added, or everything anew."""
    held: Rows = {}
    for manifest in manifests(folder):
        files = {kind_of(entry["name"]): entry for entry in manifest["files"]}
        if "removed" in files:
            for row in table(folder, files["removed"])[1:]:
                held.pop(row[0], None)
        else:
            held = {}
        content = files["added" if "added" in files else "whole"]
        held |= {row[key]: row for row in table(folder, content)[1:]}
    return held


def kind_of(name: str) -> str:
    for kind in ("_added", "_removed", ".rejects"):
        if kind in name:
            return kind[1:]
    return "whole"


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(".*")]
