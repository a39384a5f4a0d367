"""Many definitions over one snapshot: what they share is asked once, the answers and the failures stay their own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pyroaring import BitMap64

from lib import clock
from segments import engine
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue, Field, Type
from segments.rules.parse import parse
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


def evaluated(
    catalogue: Catalogue, rules: Mapping[str, dict[str, Any]]
) -> dict[str, engine.Result | engine.EngineError]:
    moment = clock.now()
    jobs = [engine.Job(parse({"unit": "profile", "rule": rule}, catalogue), moment) for rule in rules.values()]
    names = list(rules)
    return {names[place]: outcome for place, outcome in engine.evaluate_many(jobs, catalogue=catalogue)}


def test_definitions_that_read_the_same_rows_keep_their_own_members() -> None:
    data.make_trait("age", "number")
    bought = data.make_event_type("bought", amount="number")
    people = [data.make_profile(f"p{number}", age=float(number)) for number in range(10)]
    for person in people[::2]:
        data.make_event(bought, person, amount=3.5)
    rules = {
        str(number): {"all": [{"event": "bought"}, {"trait": "age", "op": "lt", "value": number}]}
        for number in range(10)
    }

    outcomes = evaluated(load_catalogue(), rules)

    for name, outcome in outcomes.items():
        assert isinstance(outcome, engine.Result)
        assert outcome.members == BitMap64(person.pk for person in people[: int(name) : 2])


def test_a_query_that_fails_takes_only_those_down_who_can_not_do_without_it() -> None:
    data.make_trait("age", "number")
    bought = data.make_event_type("bought", amount="number")
    person = data.make_profile("p1", age=40.0)
    data.make_event(bought, person, amount=3.5)
    known = load_catalogue()
    gone = Field("gone", Type.NUMBER, "gone")  # a column that no file and no row has
    stale = replace(
        known,
        profile_traits={**known.profile_traits, "gone": gone},
        events={
            "bought": replace(known.events["bought"], properties={**known.events["bought"].properties, "gone": gone})
        },
    )

    outcomes = evaluated(
        stale,
        {
            "trait": {"trait": "age", "op": "gte", "value": 18},
            "gone trait": {"trait": "gone", "op": "gte", "value": 18},
            "event": {"event": "bought", "measure": "sum", "of": "amount", "op": "gt", "value": 3},
            "gone property": {"event": "bought", "measure": "sum", "of": "gone", "op": "gt", "value": 3},
        },
    )

    for name in ("trait", "event"):
        outcome = outcomes[name]
        assert isinstance(outcome, engine.Result)
        assert outcome.members == BitMap64([person.pk])
    for name in ("gone trait", "gone property"):
        outcome = outcomes[name]
        assert isinstance(outcome, engine.EngineError)
        assert outcome.code == "query_refused"
