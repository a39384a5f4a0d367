"""What the engine takes and gives."""

from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap64

from segments.rules.nodes import Definition


@dataclass(frozen=True, slots=True)
class Job:
    """One definition to evaluate at one instant.

    `key` is the segment whose published version this is, if it is one: other jobs at the same `as_of` that refer to
    it then use the members just computed. `refers_to` are the keys of the segments that the definition names.
    """

    definition: Definition
    as_of: datetime
    key: str | None = None
    refers_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Result:
    """The members at `as_of`, and how long the query took, without opening the snapshot."""

    members: BitMap64
    as_of: datetime
    milliseconds: float


class EngineError(Exception):
    """A definition could not be evaluated. `code` is for programs, the message for people; it says what to do.

    `lasting` is True where trying again changes nothing until somebody changes the definition or the catalogue.
    """

    def __init__(self, code: str, message: str, *, lasting: bool = False) -> None:
        self.code = code
        self.message = message
        self.lasting = lasting
        super().__init__(message)
