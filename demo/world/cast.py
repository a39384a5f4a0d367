"""Everybody together."""

from dataclasses import dataclass
from functools import cached_property

from demo.world.companies import Company, companies
from demo.world.people import Person, people


@dataclass
class Cast:
    """All companies and all people, in the order of their numbers."""

    companies: list[Company]
    people: list[Person]

    @classmethod
    def gather(cls) -> "Cast":
        """The same each time."""
        made = companies()
        return cls(made, people(made))

    @cached_property
    def colleagues(self) -> dict[int, list[Person]]:
        """The people of each company by its number, the owner first."""
        found: dict[int, list[Person]] = {company.number: [] for company in self.companies}
        for person in self.people:
            if person.company:
                found[person.company.number].append(person)
        return found
