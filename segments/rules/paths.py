"""Places in a document: ``rule.all[0].where[1].value``, keys that are no plain words as ``["a b"]``."""

import json
import re

Path = tuple[str | int, ...]
"""The keys and list positions from the definition down; empty for the definition itself."""

PLAIN_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def show_path(path: Path) -> str:
    """The path as errors and nodes carry it; always valid Unicode."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif PLAIN_WORD.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{_quoted(step)}]"
    return text


def _quoted(key: str) -> str:
    """The key as a JSON string; escaped to ASCII only where half surrogates leave no other way."""
    has_half_surrogate = any("\ud800" <= character <= "\udfff" for character in key)
    return json.dumps(key, ensure_ascii=has_half_surrogate)
