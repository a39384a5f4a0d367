"""Whom a change reaches: closed over companies, so that whoever is asked about is there with all that decides it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from pyroaring import BitMap64

from profiles.lake.snapshot import Only
from segments.rules.catalogue import Unit

MOST_REACHED = 50_000
"""Where a change reaches more people, counting everybody anew is quicker."""

_COMPANIES = "SELECT DISTINCT company_id FROM profiles_profile WHERE id = ANY(%s) AND company_id IS NOT NULL"
_PEOPLE = "SELECT id FROM profiles_profile WHERE company_id = ANY(%s) LIMIT %s"


@dataclass(frozen=True, slots=True)
class Reached:
    """Profiles and companies whose membership may differ."""

    profiles: BitMap64
    companies: BitMap64

    def of(self, unit: Unit) -> BitMap64:
        """Those of a unit."""
        return self.profiles if unit is Unit.PROFILE else self.companies

    @property
    def only(self) -> Only:
        """A snapshot of them."""
        return Only(self.profiles, self.companies)

    @property
    def too_many(self) -> bool:
        """Whether there are more than are worth looking at one by one."""
        return len(self.profiles) > MOST_REACHED


def closed(profiles: BitMap64, companies: BitMap64) -> Reached:
    """With the companies of the people, and all people of the companies; as the database has them now."""
    companies = companies | _ids(_COMPANIES, [list(profiles)])
    people = _ids(_PEOPLE, [list(companies), MOST_REACHED + 1]) if companies else BitMap64()
    return Reached(profiles | people, companies)


def _ids(query: str, parameters: Sequence[Any]) -> BitMap64:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return BitMap64(row[0] for row in cursor.fetchall())
