"""Examples of the API's document about segments; tests hold them against its schemas."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_PAID = {"trait": "plan", "op": "eq", "value": "Paid"}
_DEFINITION = {"unit": "profile", "rule": _PAID}
_WORDS = "People whose Plan is Paid."
_SHA = "8a5edab282632443219e051e4ade2d1d5bbc671c781051bf1437897cbdfea0f1"
_CONTRACT: dict[str, Any] = {
    "key": "payers",
    "name": "Payers",
    "team": "growth",
    "owner": "maya@example.com",
    "decision": "They get the newsletter for customers.",
    "unit": "profile",
    "state": "live",
    "freshness_seconds": 3600,
    "review_on": "2027-03-01",
    "review_months": 3,
    "expected_least": 500,
    "expected_most": None,
    "notes": "",
    "tags": ["newsletter"],
    "created_at": "2026-11-02T08:15:00Z",
}
_VERSION: dict[str, Any] = {
    "number": 1,
    "state": "published",
    "definition": _DEFINITION,
    "words": _WORDS,
    "sha256": _SHA,
    "refers_to": [],
    "note": "",
    "author": "maya@example.com",
    "created_at": "2026-11-02T08:16:00Z",
    "proposed_by": "maya@example.com",
    "proposed_at": "2026-11-02T08:17:00Z",
    "decided_by": "ada@example.com",
    "decided_at": "2026-11-02T08:19:00Z",
    "reason": "",
    "publish_at": None,
    "publish_failure": "",
    "published_at": "2026-11-02T08:20:00Z",
}
_RUN: dict[str, Any] = {
    "id": 42,
    "segment": "payers",
    "version": 1,
    "trigger": "manual",
    "state": "succeeded",
    "as_of": "2026-11-22T09:30:00Z",
    "queued_at": "2026-11-22T09:29:59.8Z",
    "started_at": "2026-11-22T09:30:00Z",
    "finished_at": "2026-11-22T09:30:00.4Z",
    "attempts": 1,
    "next_attempt_at": None,
    "members": 1204,
    "entered": 12,
    "left": 3,
    "drift": None,
    "evaluate_ms": 182,
    "store_ms": 9,
    "failure_code": "",
    "failure": "",
}
_NUMBERS: dict[str, Any] = {
    "members": 1204,
    "members_as_of": "2026-11-22T09:30:00Z",
    "health": "fresh",
    "failure": None,
}


def _sent(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True)


def _answered(name: str, value: object, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=[str(status)])


SEGMENTS = [
    _answered(
        "a page",
        {
            "next": "http://127.0.0.1:8000/api/v1/segments?cursor=WzAsZmFsc2UsInBheWVycyJd&team=growth",
            "previous": None,
            "results": [{**_CONTRACT, "version": 1, "words": _WORDS, **_NUMBERS}],
        },
    )
]
SEGMENT = [_answered("a live segment", {**_CONTRACT, "published": _VERSION})]
NEW_SEGMENT = [
    _sent(
        "a draft",
        {
            "key": "payers",
            "name": "Payers",
            "team": "growth",
            "owner": "maya@example.com",
            "decision": "They get the newsletter for customers.",
            "freshness_seconds": 3600,
            "review_on": "2027-03-01",
        },
    ),
    _answered("the draft", {**_CONTRACT, "state": "draft", "published": None}, 201),
]
CHANGE_SEGMENT = [
    _sent("another date", {"review_on": "2027-06-01"}),
    _answered("the segment", {**_CONTRACT, "review_on": "2027-06-01", "published": _VERSION}),
]
NEW_VERSION = [
    _sent("a definition", {"definition": _DEFINITION, "note": "Everybody who pays."}),
    _answered("the draft", {**_VERSION, "state": "draft", "note": "Everybody who pays.", "published_at": None}, 201),
]
RUN = [_answered("a run that is over", _RUN)]
RECOMPUTE = [
    _answered(
        "the run",
        {
            **_RUN,
            "state": "queued",
            "as_of": None,
            "started_at": None,
            "finished_at": None,
            "attempts": 0,
            "members": None,
            "entered": None,
            "left": None,
            "drift": None,
            "evaluate_ms": None,
            "store_ms": None,
        },
        202,
    )
]
HISTORY = [
    _answered(
        "two days",
        {
            **_NUMBERS,
            "upkeep": "time",
            "kept": "Within a second of a change; what time alone moves, every hour",
            "days": [
                {"day": "2026-11-21", "members": 1195, "entered": 30, "left": 21},
                {"day": "2026-11-22", "members": 1204, "entered": 12, "left": 3},
            ],
        },
    )
]
PREVIEW = [
    _sent("a rule", {"definition": _DEFINITION, "as_of": "2026-11-22T09:30:00Z"}),
    _answered(
        "the counts",
        {
            "unit": "profile",
            "count": 1204,
            "population": 9031,
            "share": 0.1333,
            "nodes": {"rule": 1204},
            "fewest_told": 0,
            "words": _WORDS,
            "sha256": _SHA,
            "as_of": "2026-11-22T09:30:00Z",
            "milliseconds": 21.4,
            "sample": ["ann", "bob", "cat"],
        },
    ),
]
EXPLAIN = [
    _sent("one person", {"definition": _DEFINITION, "profile": "ann"}),
    _answered(
        "a member",
        {
            "profile": "ann",
            "member": True,
            "as_of": "2026-11-22T09:30:00Z",
            "words": _WORDS,
            "definition_sha256": _SHA,
            "milliseconds": 12.7,
            "in_population": True,
            "tree": {
                "path": "rule",
                "kind": "trait",
                "holds": True,
                "words": "Plan is Paid",
                "value": "Paid",
                "rules": [],
            },
        },
    ),
]
SQL = [
    _answered(
        "for a warehouse",
        {
            "dialect": "postgres",
            "proven": True,
            "version": 1,
            "as_of": "2026-11-22T09:30:00Z",
            "sql": "SELECT users.id AS id FROM users WHERE ...",
        },
    )
]
MEMBERS = [
    OpenApiExample(
        "a page",
        {"next": None, "run": 42, "as_of": "2026-11-22T09:30:00Z", "total": 2, "results": ["ann", "bob"]},
        response_only=True,
        media_type="application/json",
    ),
    OpenApiExample("lines", '{"external_id": "ann"}\n', response_only=True, media_type="application/x-ndjson"),
    OpenApiExample("a file", "external_id\r\nann\r\n", response_only=True, media_type="text/csv"),
]
CHECK = [
    _sent("two people", {"ids": ["ann", "zoe"], "segments": ["payers", "quiet-trials"]}),
    _answered("one is not known", {"results": {"ann": {"payers": True, "quiet-trials": False}, "zoe": None}}),
]
PROFILE = [
    _answered(
        "a person",
        {
            "external_id": "ann",
            "traits": {"plan": "Paid", "interests": ["golf", "tennis"]},
            "identifiers": {"email": ["ann@example.com"], "external_id": ["ann"]},
            "company": "acme",
            "consent": {
                "email": {
                    "state": "granted",
                    "source": "sign-up form",
                    "at": "2026-11-02T08:15:00Z",
                    "suppressed": False,
                    "contactable": True,
                }
            },
            "segments": ["payers"],
        },
    )
]
PROFILE_SEGMENTS = [_answered("a person", {"external_id": "ann", "segments": ["payers"]})]
