"""Three pretend tools, one per style of answer, each a folder's ``__init__.py``. `SHELF` is what the tools hold."""

from datetime import timedelta

SHELF: dict[str, dict[str, object]] = {}
FAULTS: list[Exception] = []
"""Raised one after the other by adds."""
REMOVAL_FAULTS: list[Exception] = []
"""The same by removals."""
WAIT = timedelta(minutes=7)

_HEAD = """
from activations.destinations.base import *
from activations.destinations.base import ACCEPTED, DONE
from tests.activations.pretend import FAULTS, REMOVAL_FAULTS, SHELF

class Pretend(Destination):
    label = "Pretend"
    capabilities = Capabilities(batch_size=3, modes=CHANGES, identifiers=frozenset({"email"}))

    def check(self):
        pass

    def remove(self, records):
        if REMOVAL_FAULTS:
            raise REMOVAL_FAULTS.pop(0)
        for record in records:
            SHELF.pop(record.key, None)
        return self.answer(records)

    def add(self, records):
        if FAULTS:
            raise FAULTS.pop(0)
        for record in records:
            if not record.key.startswith("bad"):
                SHELF[record.key] = {"values": record.values}
        return self.answer(records)
"""

ORDERED = (
    _HEAD
    + """
    def answer(self, records):
        return OrderedAnswer([
            Outcome(Fate.REJECTED, "looks fake") if record.key.startswith("bad")
            else Outcome(Fate.DONE, remote_id="r-" + record.key)
            for record in records
        ])

DESTINATION = Pretend
"""
)

KEYED = (
    _HEAD
    + """
    def answer(self, records):
        bad = {r.key: Outcome(Fate.REJECTED, "looks fake") for r in records if r.key.startswith("bad")}
        return KeyedAnswer(bad, others=DONE)

DESTINATION = Pretend
"""
)

COUNTED = (
    _HEAD
    + """
    def answer(self, records):
        return CountedAnswer(invalid=sum(record.key.startswith("bad") for record in records))

DESTINATION = Pretend
"""
)
