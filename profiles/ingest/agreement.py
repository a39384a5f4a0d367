"""Somebody agrees to what an import adds to the catalogue, before anything is written."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from profiles.ingest.options import Options
from profiles.ingest.plan import Plan, carry_out, shown
from profiles.ingest.progress import Step
from profiles.ingest.refusals import ImportRefusedError, WrongUseError
from profiles.models import Source

SOURCE_KEY = re.compile(r"[A-Za-z0-9_-]{1,63}")


class Agreement(ABC):
    """Whom an import tells what it does, and who agrees to what it adds."""

    @abstractmethod
    def say(self, text: str) -> None:
        """Tell what a person may not expect."""

    @abstractmethod
    def tell(self, step: Step) -> None:
        """Tell how far it is."""

    @abstractmethod
    def show(self, plan: Plan, source: Source | None) -> None:
        """Tell what is new in the catalogue, before it is."""

    @abstractmethod
    def ask(self, plan: Plan) -> None:
        """Come back if somebody agrees to the types that were inferred; raise if nobody does, or not yet."""

    def reach(self, plan: Plan, options: Options) -> Source | None:
        """Show what is new, have it accepted, put it into the catalogue; answers the source of the import."""
        source = source_of(options)
        if plan.items or plan.new_events or (source is not None and source._state.adding):
            self.show(plan, source)
        if plan.asks and not options.accepted:
            self.ask(plan)
        carry_out(plan, options.types, source)
        return source


@dataclass(frozen=True, slots=True)
class Terminal(Agreement):
    """Somebody who runs a command."""

    write: Callable[[str], object]
    answers: TextIO

    def say(self, text: str) -> None:
        self.write(text)

    def tell(self, step: Step) -> None:
        self.write(step.text())

    def show(self, plan: Plan, source: Source | None) -> None:
        self.write(shown(plan, source))

    def ask(self, _plan: Plan) -> None:
        """Raises `ImportRefusedError` if they do not agree, or nobody is there to be asked."""
        if not self.answers.isatty():
            raise ImportRefusedError(
                "nothing was imported: accept these types with --yes, or say others with --types FILE"
            )
        self.write("Import with these types? They cannot be changed later. [y/N]")
        if self.answers.readline().strip().lower() not in ("y", "yes"):
            raise ImportRefusedError("nothing was imported; say other types with --types FILE")


def source_of(options: Options) -> Source | None:
    """The source of an import, as a row that may not be stored yet. Raises `WrongUseError` for what is no key."""
    if options.source is None:
        return None
    if SOURCE_KEY.fullmatch(options.source) is None:
        raise WrongUseError("--source: a key has at most 63 letters, digits, hyphens and underscores")
    return Source.objects.filter(key=options.source).first() or Source(key=options.source, name=options.source)
