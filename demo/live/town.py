"""Who may do something now: the people of the stories, the companies as they are by now, and newcomers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any

from demo.world import COMPANIES, DAYS, PEOPLE
from demo.world.cast import Cast
from demo.world.companies import LADDER, Company, State, newcomer
from demo.world.people import Person, colleagues_of

MOST_NEWCOMERS = 300
"""New trials end with these: a demo that runs for weeks stays what it is."""
PEOPLE_OF_A_NEWCOMER = 3


@dataclass
class Town:
    """`now` is what each company is at the moment, by its number."""

    cast: Cast
    now: dict[int, State]
    newcomers: int = 0
    _people: dict[int, list[Person]] = field(default_factory=dict)

    @classmethod
    def of(cls, cast: Cast, known: Mapping[str, Mapping[str, Any]]) -> "Town":
        """From the stories, and what the registry knows: external id of a company → its traits."""
        town = cls(cast, {})
        for company in cast.companies:
            town.now[company.number] = _state(known.get(company.key, {}), company.state(DAYS))
        while (company := newcomer(COMPANIES + town.newcomers + 1)).key in known:
            town.settle(company, _state(known[company.key], company.states[0]))
        return town

    def next_newcomer(self) -> Company | None:
        """The company that will try Harbourline next, if any will."""
        return newcomer(COMPANIES + self.newcomers + 1) if self.newcomers < MOST_NEWCOMERS else None

    def settle(self, company: Company, state: State) -> list[Person]:
        """A new company is there; its people."""
        first = PEOPLE + self.newcomers * PEOPLE_OF_A_NEWCOMER + 1
        people = colleagues_of(company, first, PEOPLE_OF_A_NEWCOMER)
        self.newcomers += 1
        self.now[company.number] = state
        self._people[company.number] = people
        self.cast.companies.append(company)
        return people

    def people_of(self, company: Company) -> list[Person]:
        """The owner first."""
        return self._people.get(company.number) or self.cast.colleagues[company.number]

    def company(self, random: Random, *statuses: str) -> Company | None:
        """One of the companies that are this now."""
        found = [company for company in self.cast.companies if self.now[company.number].status in statuses]
        return random.choice(found) if found else None

    def worker(self, random: Random) -> Person:
        """Somebody who works with the app, busy ones more often; newcomers a good deal more often."""
        if self._people and random.random() < 0.1:
            return random.choice(random.choice([*self._people.values()]))
        return random.choices(self._workers, cum_weights=self._rates)[0]

    def reader(self, random: Random) -> Person:
        """Somebody without an account who looks at the website."""
        return random.choice(self._readers)

    @cached_property
    def _workers(self) -> list[Person]:
        return [person for person in self.cast.people if person.active_until() > DAYS and person.fading_from > DAYS]

    @cached_property
    def _rates(self) -> list[float]:
        return [*accumulate(person.rate for person in self._workers)]

    @cached_property
    def _readers(self) -> list[Person]:
        return [person for person in self.cast.people if person.company is None or person.company.signed_up is None]


def _state(traits: Mapping[str, Any], otherwise: State) -> State:
    """What the registry says that a company is."""
    if traits.get("status") is None:
        return otherwise
    plan = traits.get("plan", "None")
    return State(DAYS, traits["status"], plan, int(traits.get("seats", 0)) if plan in LADDER else otherwise.seats)
