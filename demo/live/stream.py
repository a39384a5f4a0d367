"""Makes things happen at their pace, and has them sent."""

import time
from dataclasses import dataclass, field
from random import Random

from demo.live.happenings import next_one
from demo.live.outbox import Message, Outbox
from demo.live.sender import Sender
from demo.live.town import Town
from demo.world.seasons import poisson

PER_SECOND = 0.55
"""Happenings in a second; each is two or three events."""


@dataclass
class Stream:
    """What happens in a town, second by second. `unsent` has been tried and not been taken yet."""

    town: Town
    sender: Sender
    random: Random
    outbox: Outbox = field(default_factory=Outbox)
    unsent: dict[str, list[Message]] = field(default_factory=dict)

    def step(self, second: int) -> int:
        """One second: something may happen, and what is due is sent. Answers how many messages were taken."""
        for _ in range(poisson(self.random, PER_SECOND)):
            next_one(self.random)(self.outbox, self.random, self.town, second)
        if not self.unsent:
            self.unsent = dict(self.outbox.due(second))
        taken = 0
        for source, messages in list(self.unsent.items()):
            if not self.sender.send(source, messages):
                break
            taken += len(self.unsent.pop(source))
        return taken

    def run(self) -> None:
        """Until somebody stops it."""
        while True:
            self.step(int(time.time()))
            time.sleep(1.0 - time.time() % 1.0)
