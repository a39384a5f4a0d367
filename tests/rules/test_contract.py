"""The contract read sentence by sentence: definitions with their errors or normal forms, on a catalogue of its own."""

import json
import re
from pathlib import Path

import pytest

from segments.rules.catalogue import Catalogue, SegmentEntry, Unit
from segments.rules.errors import DefinitionErrors
from segments.rules.normalise import compact_json, normalise
from segments.rules.parse import parse_text
from segments.rules.schema import schema
from tests.rules.sample import EVERY_COMPANY, EVERYONE, event, fields
from tests.rules.schema_check import accepts

OF_FORM = {"unknown_key", "missing_key", "rule_kind", "empty", "too_short", "bad_window"}
"""Codes of mistakes that a schema can see, but for the order of the ends of a window."""
UNITS = {"p": "profile", "c": "company"}
CASES = (Path(__file__).parent / "golden" / "contract.txt").read_text(encoding="utf-8").split("\n")


def chained(key: str, below: str) -> SegmentEntry:
    """A segment that is another one."""
    return SegmentEntry(key, Unit.PROFILE, {"unit": "profile", "rule": {"segment": below}})


EVENTS = (
    event("visit", page="text", secs="number", ref="text"),
    event("buy", amount="number", sku="text", gift="boolean", ship_at="datetime", items="list", ref="text"),
    event("odd", amount="text"),
    event("ping"),
    event("Signed up", source="text"),
)
SEGMENTS = (
    SegmentEntry("live_p", Unit.PROFILE, EVERYONE),
    SegmentEntry("live_c", Unit.COMPANY, EVERY_COMPANY),
    SegmentEntry("draft_p", Unit.PROFILE, None),
    SegmentEntry("retired_p", Unit.PROFILE, EVERYONE, usable=False),
    SegmentEntry("me", Unit.PROFILE, EVERYONE),
    chained("refers_me", "me"),
    SegmentEntry("s0", Unit.PROFILE, EVERYONE),
    *(chained(f"s{n}", f"s{n - 1}") for n in range(1, 9)),
    chained("s3b", "s2"),
)
PROFILE_TRAITS = {"plan": "text", "vip tier": "text", "a.b": "text", "score": "number", "größe": "number"}
CATALOGUE = Catalogue(
    profile_traits=fields(**PROFILE_TRAITS, opted="boolean", born="datetime", tags="list"),
    company_traits=fields(sector="text", staff="number", public="boolean", founded="datetime", sites="list"),
    events={entry.name: entry for entry in EVENTS},
    segments={entry.key: entry for entry in SEGMENTS},
)


def cases(separator: str) -> list[tuple[str, str]]:
    """The (document, expected text) of the lines with this separator."""
    lines = [line for line in CASES if separator in line and not line.startswith("#")]
    split = [line.rpartition(separator) for line in lines]
    return [(whole(case[0], case[2:]), expected) for case, _, expected in split]


def whole(start: str, body: str) -> str:
    """The document that the body of a case stands for."""
    return body if start == "d" else f'{{"unit":"{UNITS[start]}","rule":{body}}}'


def outcome(text: str) -> str:
    """The errors of a document as the file writes them, or "ok"."""
    try:
        parse_text(text, CATALOGUE, key="me")
    except DefinitionErrors as invalid:
        return "; ".join(f"{error.path or '.'} {error.code}" for error in invalid.errors)
    return "ok"


@pytest.mark.parametrize(("document", "expected"), cases(" => "))
def test_a_document_is_accepted_or_has_exactly_these_errors(document: str, expected: str) -> None:
    assert outcome(document) == expected


def test_the_json_schema_accepts_whatever_is_accepted() -> None:
    known = schema()
    accepted = [document for document, expected in cases(" => ") if expected == "ok"]
    assert [document for document in accepted if not accepts(known, json.loads(document), known)] == []
    assert len(accepted) > 150


def test_the_json_schema_refuses_mistakes_of_form() -> None:
    known = schema()
    wrong = [document for document, expected in cases(" => ") if set(re.findall(r"\w+(?=;|$)", expected)) & OF_FORM]
    missed = [document for document in wrong if accepts(known, json.loads(document), known)]
    assert [document for document in missed if '"from"' not in document] == []
    assert len(wrong) >= 100


@pytest.mark.parametrize(("document", "expected"), cases(" == "))
def test_a_rule_becomes_its_normal_form(document: str, expected: str) -> None:
    assert compact_json(normalise(parse_text(document, CATALOGUE, key="me"))["rule"]) == expected
