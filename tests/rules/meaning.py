"""Small worlds whose members are worked out by hand from the sentences of RULES sections 2 and 3.

The data of a case stands beside its rule: a person is a mapping of traits, or a list of the timestamps of their events
named "seen", each alone or with properties. Timestamps are in UTC, as_of too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.rules.oracle.world import Happening, Profile, World

Json = dict[str, Any]
Person = Json | list[str | tuple[str, Json]]

PROPERTIES = {"amount": "number", "kind": "text", "due": "datetime"}
EVENTS = {"seen": PROPERTIES, "done": {"kind": "text"}}


@dataclass(frozen=True)
class Case:
    """A rule about people at one instant; `members` are the ids of those for whom it is true."""

    sentence: str
    as_of: str
    timezone: str
    rule: Json
    people: dict[int, Person]
    members: set[int]


CASES = [
    Case(
        "2.2 text is compared exactly; DuckDB takes a quote in a comment for the beginning of a text",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "plan", "op": "in", "value": ["\u00a0", "'"]},
        {1: {"plan": "\u00a0"}, 2: {"plan": " "}, 3: {"plan": "'"}},
        {1, 3},
    ),
    Case(
        "2.3 the dotted capital I is i, the final sigma is sigma, the sharp s is not ss",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "plan", "op": "in", "value": ["İΣ", "STRASSE"], "ignore_case": True},
        {1: {"plan": "iς"}, 2: {"plan": "IΣ"}, 3: {"plan": "ıσ"}, 4: {"plan": "straße"}, 5: {"plan": "Strasse"}},
        {1, 2, 5},
    ),
    Case(
        "2.4 ranges are folded as sets of letters; the end is that of the text, not of a line",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "plan", "op": "matches", "value": "^[X-Z]+$", "ignore_case": True},
        {1: {"plan": "xYz"}, 2: {"plan": "xyz\n"}, 3: {"plan": "[xyz]"}, 4: {"plan": "a"}},
        {1},
    ),
    Case(
        "2.4 the dot is any code point but the line feed",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "plan", "op": "matches", "value": "^a.b$"},
        {1: {"plan": "a😀b"}, 2: {"plan": "a\rb"}, 3: {"plan": "a\nb"}, 4: {"plan": "a\u2028b"}, 5: {"plan": "ab"}},
        {1, 2, 4},
    ),
    Case(
        "3.3 a negative operator is false on a missing trait; the empty text is a value",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "plan", "op": "ne", "value": "a"},
        {1: {"plan": ""}, 2: {}, 3: {"plan": "a"}},
        {1},
    ),
    Case(
        "3.3 unless the leaf says missing",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "tags", "op": "has_none", "value": ["a"], "missing": True},
        {1: {"tags": []}, 2: {}, 3: {"tags": ["a", "b"]}},
        {1, 2},
    ),
    Case(
        "3.4 an event at as_of does not exist yet, whatever the window says",
        "2026-03-01T00:00:00",
        "UTC",
        {"event": "seen", "window": {"from": "2026-02-28", "to": {"ahead": "1 day"}}},
        {1: ["2026-02-28T23:59:59.999999"], 2: ["2026-03-01T00:00:00"], 3: ["2026-02-28T00:00:00"]},
        {1, 3},
    ),
    Case(
        "3.4 all conditions hold on the same event",
        "2026-03-01T00:00:00",
        "UTC",
        {
            "event": "seen",
            "where": [
                {"property": "kind", "op": "eq", "value": "a"},
                {"property": "amount", "op": "gt", "value": 1},
            ],
        },
        {
            1: [("2026-02-01T00:00:00", {"kind": "a", "amount": 2.0})],
            2: [("2026-02-01T00:00:00", {"kind": "a"}), ("2026-02-02T00:00:00", {"kind": "b", "amount": 2.0})],
        },
        {1},
    ),
    Case(
        "3.5 days are those of the timezone",
        "2026-03-01T00:00:00",
        "Europe/Berlin",
        {"event": "seen", "measure": "days", "op": "eq", "value": 2},
        {
            1: ["2026-02-01T22:59:59", "2026-02-01T23:00:00"],
            2: ["2026-02-01T00:00:00", "2026-02-01T22:59:59"],
            3: ["2025-07-01T21:59:59", "2025-07-01T22:00:00"],
        },
        {1, 3},
    ),
    Case(
        "3.5 over nothing a sum is 0 and a lowest value is missing",
        "2026-03-01T00:00:00",
        "UTC",
        {
            "all": [
                {"event": "seen", "measure": "sum", "of": "amount", "op": "eq", "value": 0},
                {"event": "seen", "measure": "min", "of": "amount", "op": "is_not_set"},
            ]
        },
        {
            1: ["2026-02-01T00:00:00"],
            2: [("2026-02-01T00:00:00", {"amount": 1.0}), ("2026-02-02T00:00:00", {"amount": -1.0})],
            3: [],
        },
        {1, 3},
    ),
    Case(
        "3.6 sums are exact to a millionth, a half of one rounds up",
        "2026-03-01T00:00:00",
        "UTC",
        {"event": "seen", "measure": "sum", "of": "amount", "op": "eq", "value": 0.3},
        {
            1: [("2026-02-01T00:00:00", {"amount": 0.1}), ("2026-02-02T00:00:00", {"amount": 0.2})],
            2: [("2026-02-01T00:00:00", {"amount": 0.3000004})],
            3: [("2026-02-01T00:00:00", {"amount": 0.3000006})],
        },
        {1, 2},
    ),
    Case(
        "3.7 change is missing exactly if before is 0; events only before give -1",
        "2026-03-11T00:00:00",
        "UTC",
        {"event": "seen", "measure": "change", "window": {"last": "5 days"}, "op": "lte", "value": -1, "missing": True},
        {
            1: ["2026-03-05T23:59:59.999999"],
            2: ["2026-03-06T00:00:00"],
            3: ["2026-03-01T00:00:00"],
            4: ["2026-02-28T23:59:59.999999"],
            5: ["2026-03-05T00:00:00", "2026-03-06T00:00:00"],
        },
        {1, 2, 3, 4},
    ),
    Case(
        "3.7 the window before a month begins two months back, not twice one month",
        "2026-03-31T12:00:00",
        "UTC",
        {"event": "seen", "measure": "change", "window": {"last": "1 month"}, "op": "is_set"},
        {
            1: ["2026-01-31T12:00:00"],
            2: ["2026-01-31T11:59:59.999999"],
            3: ["2026-02-28T11:59:59.999999"],
            4: ["2026-02-28T12:00:00"],
        },
        {1, 3},
    ),
    Case(
        "3.8 whole days before today, on the two sides of a jump",
        "2026-03-29T12:00:00",
        "Europe/Berlin",
        {"event": "seen", "window": {"days": 1, "until": "today"}},
        {
            1: ["2026-03-27T23:00:00"],
            2: ["2026-03-27T22:59:59.999999"],
            3: ["2026-03-28T22:59:59.999999"],
            4: ["2026-03-28T23:00:00"],
        },
        {1, 3},
    ),
    Case(
        "3.8 until now adds today so far",
        "2026-03-30T12:00:00",
        "Europe/Berlin",
        {"event": "seen", "window": {"days": 1, "until": "now"}},
        {1: ["2026-03-28T23:00:00"], 2: ["2026-03-28T22:59:59.999999"], 3: ["2026-03-30T11:59:59.999999"]},
        {1, 3},
    ),
    Case(
        "3.8 a week begins on Monday at midnight",
        "2026-03-29T21:59:59",
        "Europe/Berlin",
        {"event": "seen", "window": {"this": "week"}},
        {1: ["2026-03-22T23:00:00"], 2: ["2026-03-22T22:59:59.999999"]},
        {1},
    ),
    Case(
        "3.8 the quarter before, whole",
        "2026-01-01T00:00:00",
        "UTC",
        {"event": "seen", "window": {"previous": "quarter"}},
        {1: ["2025-10-01T00:00:00"], 2: ["2025-09-30T23:59:59"], 3: ["2025-12-31T23:59:59.999999"]},
        {1, 3},
    ),
    Case(
        "3.8 an empty window holds nothing",
        "2026-03-01T00:00:00",
        "UTC",
        {"event": "seen", "window": {"from": {"ago": "1 day"}, "to": {"ago": "2 days"}}, "op": "eq", "value": 0},
        {1: ["2026-02-27T12:00:00"], 2: []},
        {1, 2},
    ),
    Case(
        "3.9 months move the wall clock and clamp the day",
        "2026-03-31T12:00:00",
        "Europe/Berlin",
        {"event": "seen", "window": {"last": "1 month"}},
        {1: ["2026-02-28T13:00:00"], 2: ["2026-02-28T12:59:59.999999"]},
        {1},
    ),
    Case(
        "3.9 a day is 24 hours across a jump",
        "2026-03-29T12:00:00",
        "Europe/Berlin",
        {"event": "seen", "window": {"last": "1 day"}},
        {1: ["2026-03-28T12:00:00"], 2: ["2026-03-28T11:59:59.999999"]},
        {1},
    ),
    Case(
        "3.9 a wall time that is skipped is read with the offset before the jump",
        "2026-04-29T00:30:00",
        "Europe/Berlin",
        {"event": "seen", "window": {"last": "1 month"}},
        {1: ["2026-03-29T01:30:00"], 2: ["2026-03-29T01:29:59.999999"]},
        {1},
    ),
    Case(
        "3.9 a wall time that comes twice means the first",
        "2026-11-25T01:30:00",
        "Europe/Berlin",
        {"event": "seen", "window": {"last": "1 month"}},
        {1: ["2026-10-25T00:30:00"], 2: ["2026-10-25T00:29:59.999999"]},
        {1},
    ),
    Case(
        "3.9 midnight is skipped in Havana: the day begins at one",
        "2026-03-08T12:00:00",
        "America/Havana",
        {"event": "seen", "window": {"this": "day"}},
        {1: ["2026-03-08T05:00:00"], 2: ["2026-03-08T04:59:59.999999"]},
        {1},
    ),
    Case(
        "3.10 in_last ends before as_of, not_in_last is before it began",
        "2026-03-01T00:00:00",
        "UTC",
        {
            "not": {
                "any": [
                    {"trait": "born", "op": "in_last", "value": "1 day"},
                    {"trait": "born", "op": "not_in_last", "value": "1 day"},
                ]
            }
        },
        {
            1: {"born": "2026-02-28T00:00:00"},
            2: {"born": "2026-02-27T23:59:59.999999"},
            3: {"born": "2026-03-01T00:00:00"},
            4: {},
        },
        {3, 4},
    ),
    Case(
        "3.10 in_next begins at as_of and ends before its end",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "born", "op": "in_next", "value": "1 month"},
        {
            1: {"born": "2026-03-01T00:00:00"},
            2: {"born": "2026-02-28T23:59:59.999999"},
            3: {"born": "2026-03-31T23:59:59.999999"},
            4: {"born": "2026-04-01T00:00:00"},
        },
        {1, 3},
    ),
    Case(
        "3.11 29 February is kept on the 28th in common years; the first anniversary is a year later",
        "2026-02-27T23:30:00",
        "Europe/Berlin",
        {"trait": "born", "op": "anniversary_in_next", "value": "1 day"},
        {
            1: {"born": "2000-02-29T00:00:00"},
            2: {"born": "1999-02-28T23:59:59"},
            3: {"born": "1999-02-27T00:00:00"},
            4: {"born": "2026-02-28T00:00:00"},
            5: {"born": "1999-03-01T00:00:00"},
        },
        {1, 2},
    ),
    Case(
        "3.11 in leap years it is kept on the 29th",
        "2024-02-28T12:00:00",
        "UTC",
        {"trait": "born", "op": "anniversary_in_next", "value": "1 day"},
        {1: {"born": "2000-02-29T00:00:00"}, 2: {"born": "2000-02-28T00:00:00"}},
        {2},
    ),
    Case(
        "3.12 of n members at position ceil(n * p / 100), ties in",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "score", "op": "top_percent", "value": 33.34},
        {1: {"score": 9.0}, 2: {"score": 7.0}, 3: {"score": 7.0}, 4: {}, 5: {}},
        {1, 2, 3},
    ),
    Case(
        "3.12 computed in integers: 29 of 100 hundredths of 100 is not more",
        "2026-03-01T00:00:00",
        "UTC",
        {"trait": "score", "op": "bottom_percent", "value": 0.29},
        {number: {"score": float(number)} for number in range(1, 10)},
        {1},
    ),
    Case(
        "3.13 within is inclusive, timestamps grow strictly",
        "2026-03-01T00:00:00",
        "UTC",
        {"sequence": [{"event": "seen"}, {"event": "seen", "within": "1 hour"}]},
        {
            1: ["2026-02-01T00:00:00", "2026-02-01T01:00:00"],
            2: ["2026-02-01T00:00:00", "2026-02-01T01:00:00.000001"],
            3: ["2026-02-01T00:00:00", "2026-02-01T00:00:00"],
        },
        {1},
    ),
    Case(
        "3.13 absent: the wait starts anew with each event of the step before, and must have passed",
        "2026-03-01T00:00:00",
        "UTC",
        {
            "sequence": [
                {"event": "seen", "where": [{"property": "kind", "op": "eq", "value": "a"}]},
                {
                    "event": "seen",
                    "where": [{"property": "kind", "op": "eq", "value": "b"}],
                    "within": "1 hour",
                    "absent": True,
                },
            ]
        },
        {
            1: [("2026-02-28T22:59:59.999999", {"kind": "a"})],
            2: [("2026-02-28T23:00:00", {"kind": "a"})],
            3: [("2026-02-28T12:00:00", {"kind": "a"}), ("2026-02-28T13:00:00", {"kind": "b"})],
            4: [("2026-02-28T12:00:00", {"kind": "a"}), ("2026-02-28T13:00:00.000001", {"kind": "b"})],
            5: [("2026-02-28T12:00:00", {"kind": "a"}), ("2026-02-28T12:00:00", {"kind": "b"})],
            6: [("2026-02-28T22:30:00", {"kind": "a"}), ("2026-02-28T23:30:00", {"kind": "a"})],
        },
        {1, 4, 5},
    ),
    Case(
        "3.13 the event that ends the wait counts outside the window too",
        "2026-03-01T00:00:00",
        "UTC",
        {
            "sequence": [{"event": "seen"}, {"event": "done", "within": "2 days", "absent": True}],
            "window": {"from": "2026-02-01", "to": "2026-02-02"},
        },
        {1: ["2026-02-01T00:00:00"], 2: ["2026-02-01T00:00:00", "2026-02-02T00:00:00"], 3: ["2026-02-02T00:00:00"]},
        {1},
    ),
]


def world_of(case: Case) -> World:
    """The people of the case, each with a company of nobody and events in the order they are written."""
    profiles: list[Profile] = []
    happenings: list[Happening] = []
    for number, person in case.people.items():
        profiles.append(Profile(number, None, _traits(person) if isinstance(person, dict) else {}))
        for event in person if isinstance(person, list) else []:
            moment, properties = (event, {}) if isinstance(event, str) else event
            happenings.append(Happening("seen", number, None, _instant(moment), len(happenings), properties))
    return World(
        as_of=_instant(case.as_of),
        timezone=case.timezone,
        profile_traits={"plan": "text", "tags": "list", "score": "number", "born": "datetime"},
        company_traits={},
        event_properties=EVENTS,
        profiles=profiles,
        companies=[],
        happenings=happenings,
    )


def _traits(person: Json) -> Json:
    return {key: _instant(value) if key == "born" else value for key, value in person.items()}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
