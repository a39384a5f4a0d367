"""Import commands, run here too."""

from tests.profiles.ingest.conftest import run, write

__all__ = ["run", "write"]
