"""Documents that nobody should send: the golden ones, broken at random."""

import json
from collections import Counter
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


def _nested(depth: int) -> Any:
    rule: Any = {"everyone": True}
    for number in range(depth):
        rule = {"not": rule} if number % 2 else {"all": [rule]}
    return rule


KEYS = (*WORDS.split(), "\ud800", "", "a b", "]", ".", "\u202e", "op\u200b", "ｏｐ", "__class__", "'; --", "${a}")
VALUES: dict[str, tuple[Any, ...]] = {
    "huge number": (
        float("inf"), float("-inf"), float("nan"), 10**12, -(10**12), 1e308, 5e-324, -0.0, 10**400, -(10**4_000),
        2**63,
        2**53 + 1, "999999999999 years", "1" * 5_000 + " days", {"last": f"{10**30} days"}, {"ago": "100 years"},
    ),
    "odd unicode": (
        "a\0", "\udfff", "\ud83d", "\u202e\u2066", "e\u0301" * 300, "\ufeff", "\U0010ffff", "ﷺ" * 900, "İ" * 900,
        "２", "a\u200db",
        "\u0085\u2028", "ſ", "K", "30\u00a0days", "٣ days", "x" * 2_000,
    ),
    "wrong type": (
        None, True, False, 0, 1, -1, 1.5, "", [], {}, [[]], [{}], "30 days", "2026-01-01", "*", "logged_in", "vips",
        "eq", "in",
        "between", "matches", "age", "country", ["logged_in"], {"ago": "1 day"}, [1, 2], {"everyone": True},
        [None] * 1_001,
        {"last": {"last": {}}}, "'; DROP TABLE users; --", [True, "a", 1.0], {"at_least": 0}, {"from": {}, "to": []},
    ),
    "pattern": (
        "(a+)+$" * 20, "(((((a{9}){9}){9}){9}){9})", "[" * 150, "(a|a)*$", "(a|aa)+b", "(.*)*" * 30, "(" * 199,
        "a{1000}{1000}",
        "((a*)*)*", "(?:a?){999}a{999}", "[\\d-z]", "\\p{L}", "(?=a)", "(?i)a", "\\1", "a**", "a{,3}", "[^]",
        "[z-a]", "|", "a||b",
        "[" + "".join(map(chr, range(200, 380))) + "]", "^" * 200, "[\\x00-\\xff]", "a{99999999999999999999}", "\\",
        "x{2,1}",
    ),
    "deep nesting": tuple(_nested(depth) for depth in (15, 17, 64, 66, 300)),
}  # fmt: skip


def golden_documents() -> list[Any]:
    """Every document of the golden files that is JSON."""
    documents = []
    for name in ("errors.txt", "words.txt", "normal_forms.txt"):
        for line in (GOLDEN / name).read_text(encoding="utf-8").split("\n"):
            start, _, text = line.partition(" ")
            if start in UNITS:
                documents.append({"unit": UNITS[start], "rule": json.loads(text)})
    return documents


class Breaker:
    """Breaks documents; `used` counts what was put into them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.used = Counter[str]()

    def broken(self, document: Any) -> Any:
        """The document with keys renamed, values replaced, parts left out, added and repeated."""
        if self.random.random() < 0.07:
            return self._value()
        if isinstance(document, dict):
            return self._broken_object(document)
        if isinstance(document, list):
            kept = [self.broken(item) for item in document if self.random.random() > 0.05]
            return kept * 300 if self.random.random() < 0.01 else kept
        return document

    def _value(self) -> Any:
        kind = self.random.choice(list(VALUES))
        self.used[kind] += 1
        return self.random.choice(VALUES[kind])

    def _broken_object(self, document: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in document.items():
            chance = self.random.random()
            if chance > 0.04:
                result[self.random.choice(KEYS) if chance < 0.08 else key] = self.broken(value)
        chance = self.random.random()
        if chance < 0.05:
            result[self.random.choice(KEYS)] = self._value()
        elif chance < 0.1 and "op" in result:
            self.used["pattern"] += 1
            result |= {"op": "matches", "value": self.random.choice(VALUES["pattern"])}
        return result

    def broken_text(self, document: Any) -> str:
        """The broken document as text, sometimes cut, nested beyond measure, or with keys given twice."""
        text = json.dumps(self.broken(document))
        chance = self.random.random()
        if chance < 0.05:
            self.used["cut off"] += 1
            return text[: self.random.randrange(len(text) + 1)]
        if chance < 0.1:
            self.used["deep nesting"] += 1
            opened, closed = self.random.choice(
                [('{"not": ', "}"), ('{"all": [', "]}"), ("[", "]"), ('{"rule": ', "}")]
            )
            depth = self.random.choice([14, 20, 500, 30_000])
            ended = closed * depth if self.random.random() < 0.5 else ""
            return text.replace('"rule": ', '"rule": ' + opened * depth + "1" + ended + ', "rule": ', 1)
        if chance < 0.15 and '"' in text:
            self.used["duplicate key"] += 1
            key = self.random.choice(['"unit": ', '"rule": ', '"op": ', '"value": ', '"event": '])
            return text.replace(key, f"{key}1, {key}", 1)
        if chance < 0.2:
            self.used["huge number"] += 1
            number = self.random.choice(
                ["1e999", "-1e999", "9" * 5_000, "1" + "0" * 400 + ".5", "NaN", "Infinity", "0x1F", "01"]
            )
            return text.replace('"value": ', f'"value": {number}, "x": ', 1)
        return text


def broken_text(document: Any, random: Random) -> str:
    """One broken document as text, for those who do not count."""
    return Breaker(random).broken_text(document)
