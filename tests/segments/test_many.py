"""Many definitions over one snapshot: small tables are read once, and the answers stay the same."""

import pytest
from pyroaring import BitMap64

from lib import clock
from segments import engine
from segments.engine import tables
from segments.registry import load_catalogue
from segments.rules.parse import parse
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("most_cells", [0, 12, 20_000_000])
def test_tables_kept_in_memory_give_the_same_members(monkeypatch: pytest.MonkeyPatch, most_cells: int) -> None:
    monkeypatch.setattr(tables, "MOST_CELLS", most_cells)
    data.make_trait("age", "number")
    bought = data.make_event_type("bought", amount="number")
    people = [data.make_profile(f"p{number}", age=float(number)) for number in range(tables.FEWEST_QUERIES)]
    for person in people[::2]:
        data.make_event(bought, person, amount=3.5)
    catalogue = load_catalogue()
    rules = [
        {"all": [{"event": "bought"}, {"trait": "age", "op": "lt", "value": number}]}
        for number in range(tables.FEWEST_QUERIES)
    ]
    jobs = [engine.Job(parse({"unit": "profile", "rule": rule}, catalogue), clock.now()) for rule in rules]

    outcomes = dict(engine.evaluate_many(jobs, catalogue=catalogue))

    for place in range(len(jobs)):
        outcome = outcomes[place]
        assert isinstance(outcome, engine.Result)
        assert outcome.members == BitMap64(person.pk for person in people[:place:2])
