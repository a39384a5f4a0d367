"""Of whom a phrase speaks, so that its verbs agree; and the phrase itself."""

from dataclasses import dataclass
from typing import Final

from segments.rules.catalogue import Unit


@dataclass(frozen=True, slots=True)
class Subject:
    """People or companies, one or many."""

    unit: Unit
    plural: bool

    @property
    def which(self) -> str:
        """The relative pronoun."""
        return "who" if self.unit is Unit.PROFILE else "that"

    @property
    def be(self) -> str:
        """The verb "to be"."""
        return "are" if self.plural else "is"

    @property
    def have(self) -> str:
        """The verb "to have"."""
        return "have" if self.plural else "has"

    @property
    def do(self) -> str:
        """The verb "to do"."""
        return "do" if self.plural else "does"

    @property
    def belong(self) -> str:
        """The verb "to belong"."""
        return "belong" if self.plural else "belongs"


PEOPLE: Final = Subject(Unit.PROFILE, plural=True)
PERSON: Final = Subject(Unit.PROFILE, plural=False)
COMPANIES: Final = Subject(Unit.COMPANY, plural=True)
COMPANY: Final = Subject(Unit.COMPANY, plural=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What follows the noun: "whose" + "plan is Trial"; `line` is how an outline says the same without a noun."""

    head: str
    body: str
    line: str

    def __str__(self) -> str:
        return f"{self.head} {self.body}" if self.head else self.body


def phrase(head: str, body: str, line: str | None = None) -> Phrase:
    """A phrase whose line, unless given, is its body with a capital."""
    return Phrase(head, body, line or body[0].upper() + body[1:])
