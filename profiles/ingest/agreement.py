"""Somebody agrees to what an import adds to the catalogue, before anything is written."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from profiles.ingest.options import Options
from profiles.ingest.plan import Plan, carry_out, shown
from profiles.ingest.refusals import ImportRefusedError, WrongUseError
from profiles.models import Source

SOURCE_KEY = re.compile(r"[A-Za-z0-9_-]{1,63}")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whom to tell of the plan, and where the answer comes from."""

    say: Callable[[str], object]
    answers: TextIO

    def reach(self, plan: Plan, options: Options) -> Source | None:
        """Show what is new, have it accepted, put it into the catalogue; answers the source of the import."""
        source = self._source(options)
        if plan.items or plan.new_events or (source is not None and source._state.adding):
            self.say(shown(plan, source))
        if plan.asks and not options.accepted:
            self._ask()
        carry_out(plan, options.types, source)
        return source

    def _source(self, options: Options) -> Source | None:
        if options.source is None:
            return None
        if SOURCE_KEY.fullmatch(options.source) is None:
            raise WrongUseError("--source: a key has at most 63 letters, digits, hyphens and underscores")
        return Source.objects.filter(key=options.source).first() or Source(key=options.source, name=options.source)

    def _ask(self) -> None:
        if not self.answers.isatty():
            raise ImportRefusedError(
                "nothing was imported: accept these types with --yes, or say others with --types FILE"
            )
        self.say("Import with these types? They cannot be changed later. [y/N]")
        if self.answers.readline().strip().lower() not in ("y", "yes"):
            raise ImportRefusedError("nothing was imported; say other types with --types FILE")
