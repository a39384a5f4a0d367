"""The contract between the engine and a kind of outside tool. docs/adding-a-destination.md shows how to write one.

A destination sends what it is given and says what came of it. What to send, when, in which batches, whether to try
again and what is on record is the engine's. One object serves one sync run of one connection and one worker.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar


class DestinationError(Exception):
    """What went wrong, in words for the person who must mend it."""


class TransientError(DestinationError):
    """It may work later: a limit, a time-out, an outage. `retry_after` is what the tool asked for, if it did."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RejectedError(DestinationError):
    """This one record will never be taken as it is; the text is the tool's reason. Ends as a `rejected` outcome."""


class MisconfiguredError(DestinationError):
    """Nothing will work until a person mends the connection: stops the activation and tells its owner."""


class Mode(StrEnum):
    """What a run sends. All but `REPLACE` call `add` and `remove` with what changed; there `add` gets everybody, and
    `finish` makes it so. `ADD`: who comes. `UPDATE`: who comes and who changes. `MIRROR`: who goes, too. In every mode
    those are removed who may not be there any more, whatever the segment says: suppressed, without consent, erased.
    """

    MIRROR = "mirror"
    UPDATE = "update"
    ADD = "add"
    REPLACE = "replace"


class Policy(StrEnum):
    """What becomes of a field that holds something over there already."""

    OVERWRITE = "overwrite"
    SET_IF_EMPTY = "set_if_empty"
    APPEND = "append"


class ColumnType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    LIST = "list"
    IDENTIFIER = "identifier"
    PHONE = "phone"


Value = str | float | int | bool | list[str] | None
"""As in `Profile.traits`: an instant is ISO 8601 text in UTC, None is missing."""


@dataclass(frozen=True)
class Column:
    """One field to send. `escape` is the person's answer to whether formula characters are escaped; None: not asked."""

    name: str
    type: ColumnType
    is_key: bool = False
    escape: bool | None = None
    policy: Policy = Policy.OVERWRITE


@dataclass(frozen=True, slots=True)
class Record:
    """One member. `values` are in the order of the columns, empty for a removal; `remote_id` is an add's answer.

    `is_new`: by our record the tool has never had this key; True again after a lost answer. `mark` names what is asked
    for this member: the same whenever it is asked again, another as soon as anything else was asked in between.
    Idempotency keys are made of the run and the marks.
    """

    key: str
    values: tuple[Value, ...] = ()
    remote_id: str = ""
    mark: str = ""
    is_new: bool = True


class Fate(StrEnum):
    """What is known of one record after a call."""

    DONE = "done"  # confirmed for this record
    ACCEPTED = "accepted"  # the tool took it and will not say more
    REJECTED = "rejected"  # refused, with a reason
    HELD = "held"  # true only once `finish` has come back


@dataclass(frozen=True, slots=True)
class Outcome:
    fate: Fate
    reason: str = ""
    remote_id: str = ""


DONE = Outcome(Fate.DONE)
ACCEPTED = Outcome(Fate.ACCEPTED)
HELD = Outcome(Fate.HELD)


@dataclass(frozen=True)
class OrderedAnswer:
    """The tool answers with one row per record, in their order."""

    outcomes: Sequence[Outcome]


@dataclass(frozen=True)
class KeyedAnswer:
    """The tool names records by key; `others` is what holds for those that it does not name."""

    outcomes: Mapping[str, Outcome]
    others: Outcome


@dataclass(frozen=True)
class CountedAnswer:
    """The tool tells only how many were invalid: nobody is marked delivered or rejected on the strength of that."""

    invalid: int = 0


Answer = OrderedAnswer | KeyedAnswer | CountedAnswer


@dataclass(frozen=True)
class ConfigField:
    """One value that a connection needs. `choices` makes it a choice, `pattern` is a full match, '' is not given.

    A `secret` is written and never shown again.
    """

    key: str
    label: str
    help: str = ""
    default: str = ""
    choices: Sequence[tuple[str, str]] = ()
    pattern: str = ""
    required: bool = True
    secret: bool = False
    address: bool = False


@dataclass(frozen=True)
class Rate:
    """So many calls in so many seconds, at most; all at once is fine."""

    calls: int
    seconds: float


@dataclass(frozen=True)
class Capabilities:
    """What the tool can do: records per call, modes, and the identifiers it can recognise people by.

    `channels`: the ways in which it reaches people, one of which every activation must name (`email`, `sms`, `phone`,
    `push`, `ads`, `post`); none: it reaches nobody by itself. `rate` and `concurrency` (runs at a time) are per
    connection, over all workers; None: the tool names no limit.
    """

    batch_size: int
    modes: frozenset[Mode]
    identifiers: frozenset[str]
    channels: frozenset[str] = frozenset()
    policies: frozenset[Policy] = frozenset({Policy.OVERWRITE})
    rate: Rate | None = None
    concurrency: int | None = None


CHANGES = frozenset({Mode.MIRROR, Mode.UPDATE, Mode.ADD})
"""The modes of a tool that takes changes and can't be given a whole audience at once."""


def _unpaced() -> None:
    """Without an engine around it nobody else calls."""


@dataclass(frozen=True)
class Sync:
    """The run that is being sent. `run` stays the same when it is tried again, `attempt` never repeats."""

    run: int
    attempt: int
    activation: str
    segment: str
    mode: Mode
    columns: tuple[Column, ...]
    members_as_of: datetime | None


class Destination(ABC):
    """One kind of tool. Its package below ``destinations/`` names its class as ``DESTINATION``."""

    label: ClassVar[str]
    fields: ClassVar[tuple[ConfigField, ...]] = ()
    capabilities: ClassVar[Capabilities]

    def __init__(self, config: Mapping[str, str]) -> None:
        self.config = config
        self.pace: Callable[[], None] = _unpaced
        """Call it before each call outside: it waits until the connection's rate allows one. Set by the engine."""
        self.account = "0"
        """Tells this connection from all others of the installation. Set by the engine."""

    @abstractmethod
    def check(self) -> None:
        """Come back if the connection works. Raises one of the errors above."""

    def landed(self, sync: Sync) -> bool:  # noqa: ARG002 most tools remember no runs
        """Whether the tool has the whole of this run already: asked when it is tried again after a crash."""
        return False

    def begin(self, sync: Sync) -> None:  # noqa: B027 most tools need none
        """Called once before the first batch."""

    @abstractmethod
    def add(self, records: Sequence[Record]) -> Answer:
        """Add these people or bring them up to date; again is harmless. Never more than `batch_size`."""

    @abstractmethod
    def remove(self, records: Sequence[Record]) -> Answer:
        """Take these people away; who is not there is `DONE`. Called before any `add`, never in mode `REPLACE`."""

    def finish(self) -> Outcome:
        """Make what was `HELD` true and say how sure that is. Quick: the run's row is locked meanwhile."""
        return DONE

    def contents(self, most: int) -> list[Mapping[str, Value]] | None:  # noqa: ARG002 most tools can't be looked into
        """What the tool holds now, the latest first, at most so many; None where it can't be looked into."""
        return None

    def close(self) -> None:  # noqa: B027 most tools need none
        """Let go of everything. Called however the run ends, after `finish` or instead of it."""
