"""The three kinds of imports by name, for commands and for workers."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import pyarrow as pa

from profiles.ingest import event_import, traits
from profiles.ingest.agreement import Agreement
from profiles.ingest.options import Options
from profiles.ingest.rejects import Rejects
from profiles.ingest.summary import Summary

RUNNERS: Mapping[str, Callable[[Options, Rejects, Agreement], Summary]] = MappingProxyType(
    {
        "profiles": partial(traits.run, traits.PROFILES),
        "companies": partial(traits.run, traits.COMPANY_FILES),
        "events": event_import.run,
    }
)


def run(kind: str, options: Options, rejects: Rejects, agreement: Agreement) -> Summary:
    """Import all files. Raises `ImportRefusedError` or `WrongUseError` before anything is written."""
    pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps 100 MB more of what it no longer needs
    return RUNNERS[kind](options, rejects, agreement)
