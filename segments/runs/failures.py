"""Why a run failed, and when it is tried again (I6)."""

from dataclasses import dataclass
from datetime import timedelta

from segments.engine import EngineError
from segments.rules.errors import DefinitionErrors

MOST_ATTEMPTS = 5
"""After these the run is closed as failed, and the segment gets a new one at the slower pace of `SLOWLY`."""

BACK_OFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""How long a run waits after its first, second, ... failed attempt."""

SLOWLY = timedelta(minutes=15)
"""A segment whose run has failed for good is tried again after this, or its freshness where that is longer."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`code` for programs, `message` for people: what went wrong and what to do. `lasting`: do not try again soon."""

    code: str
    message: str
    lasting: bool = False


WORKER_LOST = Failure(
    "worker_lost",
    f"The worker stopped while it computed this segment, {MOST_ATTEMPTS} times. Look at the worker's log, at the "
    "memory of the machine, and at the length of the definition's windows.",
)
UNEXPECTED = "unexpected"


def unexpected(error: BaseException) -> Failure:
    """For an error that nobody has foreseen: the log of the worker has the rest."""
    name = type(error).__name__
    return Failure(
        UNEXPECTED, f"The worker met an error ({name}: {error}). It is tried again; its log has the details."
    )


def of_engine(error: EngineError) -> Failure:
    """For what the engine reports."""
    return Failure(error.code, error.message, lasting=error.lasting)


def of_definition(errors: DefinitionErrors) -> Failure:
    """For a definition that no longer fits the catalogue."""
    message = f"The definition no longer fits the catalogue: {errors}\nSave and publish a corrected version."
    return Failure("invalid_definition", message, lasting=True)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after this many attempts."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
