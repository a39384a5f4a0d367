"""Programs that send every message three times in any order, and again whatever was not answered with 200."""

import base64
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any

EVENT = "flooded"
COPIES, BATCH, SENDERS = 3, 100, 3
OFTEN, MUCH, PAYING = 26, 1_300, "paid"
RULES: dict[str, dict[str, Any]] = {
    "regulars": {"event": EVENT, "op": "gte", "value": OFTEN},
    "spenders": {"event": EVENT, "measure": "sum", "of": "amount", "op": "gte", "value": MUCH},
    "payers": {"trait": "plan", "op": "eq", "value": PAYING},
}
AGAIN = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass
class Flood:
    """Messages about `people`: one identify call of each, the rest events. Which are sent is decided by `random`.

    `cut_off` counts requests without an answer, `put_off` those that were told to come later; `faults` are answers that
    are neither.
    """

    address: str
    key: str
    messages: int
    people: int
    random: Random
    orders: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    plans: dict[str, str] = field(default_factory=dict)
    answered: int = 0
    cut_off: int = 0
    put_off: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        everything = [self._message(number) for number in range(self.messages)] * COPIES
        self.random.shuffle(everything)
        self._bodies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        places = range(0, len(everything), BATCH)
        for first in places:
            self._bodies.put(json.dumps({"batch": everything[first : first + BATCH]}).encode())
        self.requests = len(places)
        self._threads = [threading.Thread(target=self._send_all, daemon=True) for _ in range(SENDERS)]

    def _message(self, number: int) -> dict[str, Any]:
        person = f"f{number % self.people}"
        about = {"userId": person, "messageId": f"flood-{number}", "timestamp": "2026-01-02T10:00:00Z"}
        if number < self.people:
            self.plans[person] = self.random.choice([PAYING, "free"])
            return about | {"type": "identify", "traits": {"plan": self.plans[person]}}
        amount = self.random.randint(1, 100)
        self.orders[person] += 1
        self.amounts[person] += amount
        return about | {"type": "track", "event": EVENT, "properties": {"amount": amount}}

    def start(self) -> None:
        """Send from here on, until everything was answered with 200."""
        for thread in self._threads:
            thread.start()

    @property
    def goes_on(self) -> bool:
        """Whether something was not yet."""
        return self.answered < self.requests

    def has_answers(self, number: int) -> bool:
        """Whether so many requests were."""
        return self.answered >= number

    def _send_all(self) -> None:
        while True:
            try:
                body = self._bodies.get_nowait()
            except queue.Empty:
                return
            while not self._send(body):
                time.sleep(0.2)
            self.answered += 1

    def _send(self, body: bytes) -> bool:
        credentials = base64.b64encode(f"{self.key}:".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/v1/batch", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except urllib.error.HTTPError as error:
            self.put_off += 1
            if error.code not in AGAIN:
                self.faults.append(error.read().decode())
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            self.cut_off += 1
        return False

    def members(self) -> dict[str, set[str]]:
        """Who belongs to each segment of `RULES`."""
        return {
            "regulars": {person for person, number in self.orders.items() if number >= OFTEN},
            "spenders": {person for person, total in self.amounts.items() if total >= MUCH},
            "payers": {person for person, plan in self.plans.items() if plan == PAYING},
        }
