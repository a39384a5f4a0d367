"""Names of common table expressions that collide with nothing a query reads."""

from collections.abc import Iterable

from segments.rules.catalogue import Catalogue

LONGEST_BASE = 40
"""PostgreSQL cuts names off at 63 bytes without a word."""
LAYOUT = ("users", "accounts", "tracks")


class Names:
    """Gives each name once; those of the layout, of the catalogue and of given relations are taken."""

    def __init__(self, catalogue: Catalogue, relations: Iterable[str]) -> None:
        self._taken = {*LAYOUT, *relations, *(event.table for event in catalogue.events.values())}
        self._taken |= {name.lower() for name in self._taken}

    def free(self, base: str) -> str:
        """`base` with the first number that makes it free, for it and for what is derived from it."""
        base = base[:LONGEST_BASE]
        number = 1
        while any(name.startswith(f"{base}_{number}") for name in self._taken):
            number += 1
        name = f"{base}_{number}"
        self._taken.add(name)
        return name
