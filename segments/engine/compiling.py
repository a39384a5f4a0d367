"""What the compiler refuses, in the engine's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from segments.engine.jobs import EngineError
from segments.rules.errors import DefinitionErrors
from segments.rules.sql import Unsupported


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Raises `EngineError` for a definition that was valid by itself and can't be compiled all the same."""
    try:
        yield
    except DefinitionErrors as errors:
        message = f"A segment that it refers to is no longer valid: {errors}. Correct that one first."
        raise EngineError("dependency_failed", message, lasting=True) from errors
    except Unsupported as error:
        raise EngineError("unsupported", str(error), lasting=True) from error
