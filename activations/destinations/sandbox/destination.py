"""A pretend tool within the registry: it takes everything, and its page shows what arrived."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings

from activations.destinations.base import (
    DONE,
    HELD,
    Answer,
    Capabilities,
    ConfigField,
    Destination,
    Fate,
    MisconfiguredError,
    Mode,
    OrderedAnswer,
    Outcome,
    Policy,
    Record,
    Sync,
    TransientError,
    Value,
)
from activations.destinations.sandbox.box import Box

BEHAVIOURS = (
    ("well", "takes everybody"),
    ("picky", "refuses whoever has no value in the second column"),
    ("down", "does not answer, as a tool that is down"),
    ("locked", "does not let us in, as with a key that was revoked"),
)


class SandboxDestination(Destination):
    """Each connection has a box of its own on the registry's disk."""

    label = "Sandbox"
    fields = (
        ConfigField(
            key="behaviour",
            label="How it behaves",
            help="change it to see what a sync does when a tool is broken",
            default="well",
            choices=BEHAVIOURS,
        ),
    )
    capabilities = Capabilities(
        batch_size=1_000,
        modes=frozenset(Mode),
        identifiers=frozenset({"external_id", "email", "phone"}),
        policies=frozenset(Policy),
    )

    def __init__(self, config: Mapping[str, str]) -> None:
        super().__init__(config)
        self._everybody: set[str] = set()

    @property
    def _box(self) -> Box:
        return Box(Path(settings.SANDBOXES) / f"{self.account}.sqlite")

    def check(self) -> None:
        match self.config["behaviour"]:
            case "down":
                raise TransientError("The sandbox pretends to be down. Change how it behaves at its connection.")
            case "locked":
                raise MisconfiguredError(
                    "The sandbox pretends that the key was revoked. Change how it behaves, then resume."
                )

    def begin(self, sync: Sync) -> None:
        self._sync = sync
        self._everybody.clear()

    def add(self, records: Sequence[Record]) -> Answer:
        self.check()
        outcomes = [self._outcome(record) for record in records]
        taken = [record for record, outcome in zip(records, outcomes, strict=True) if outcome.fate != Fate.REJECTED]
        self._box.put(self._sync.columns, taken)
        self._everybody.update(record.key for record in taken)
        return OrderedAnswer(outcomes)

    def remove(self, records: Sequence[Record]) -> Answer:
        self.check()
        self._box.drop(record.key for record in records)
        return OrderedAnswer([DONE] * len(records))

    def finish(self) -> Outcome:
        if self._sync.mode == Mode.REPLACE:
            self._box.keep_only(self._everybody)
        return DONE

    def contents(self, most: int) -> list[Mapping[str, Value]]:
        return self._box.latest(most)

    def _outcome(self, record: Record) -> Outcome:
        if self.config["behaviour"] == "picky" and record.values[1:2] in ((), (None,), ("",)):
            return Outcome(Fate.REJECTED, "The second column is empty, and this sandbox is picky.")
        return HELD if self._sync.mode == Mode.REPLACE else DONE
