"""Documents that nobody should send: the golden ones, broken at random."""

import json
from pathlib import Path
from random import Random
from typing import Any

GOLDEN = Path(__file__).parent / "golden"
UNITS = {"p": "profile", "c": "company", "B": "profile"}
WORDS = """
    all any not company people trait event sequence segment everyone op value missing ignore_case where window measure
    of within absent quantifier at_least last days until this previous from to ago ahead property unit version timezone
    rule x __proto__
"""
KEYS = (*WORDS.split(), "\ud800", "", "a b", "]", ".")
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, float("inf"), float("nan"), 10**12, 10**400, "", "a\0", "\udfff", "x" * 2_000,
    "(a+)+$" * 20, "(((((a{9}){9}){9}){9}){9})", "[" * 150, [], {}, [[]], [{}], "30 days", "2026-01-01", "*",
    "logged_in", "vips", "eq", "in", "between", "matches", "age", "country", ["logged_in"], {"ago": "1 day"}, [1, 2],
    {"everyone": True}, [None] * 1_001, {"last": {"last": {}}}, "'; DROP TABLE users; --",
)  # fmt: skip


def golden_documents() -> list[Any]:
    """Every document of the golden files that is JSON."""
    documents = []
    for name in ("errors.txt", "words.txt", "normal_forms.txt"):
        for line in (GOLDEN / name).read_text(encoding="utf-8").split("\n"):
            start, _, text = line.partition(" ")
            if start in UNITS:
                documents.append({"unit": UNITS[start], "rule": json.loads(text)})
    return documents


def broken(document: Any, random: Random) -> Any:
    """The document with keys renamed, values replaced, parts left out, added and repeated."""
    if random.random() < 0.07:
        return random.choice(VALUES)
    if isinstance(document, dict):
        return _broken_object(document, random)
    if isinstance(document, list):
        kept = [broken(item, random) for item in document if random.random() > 0.05]
        return kept * 300 if random.random() < 0.01 else kept
    return document


def _broken_object(document: dict[str, Any], random: Random) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in document.items():
        chance = random.random()
        if chance > 0.04:
            result[random.choice(KEYS) if chance < 0.08 else key] = broken(value, random)
    if random.random() < 0.05:
        result[random.choice(KEYS)] = random.choice(VALUES)
    return result


def broken_text(document: Any, random: Random) -> str:
    """The broken document as text, sometimes cut, nested beyond measure, or with keys given twice."""
    text = json.dumps(broken(document, random))
    chance = random.random()
    if chance < 0.05:
        return text[: random.randrange(len(text) + 1)]
    if chance < 0.08:
        return text.replace('"rule": ', '"rule": ' + '{"not": ' * random.choice([20, 500, 30_000]), 1)
    if chance < 0.1:
        depth = random.choice([20, 500, 30_000])
        return text.replace('"rule": ', '"rule": ' + '{"all": [' * depth + "1" + "]}" * depth + ', "rule": ', 1)
    return text
