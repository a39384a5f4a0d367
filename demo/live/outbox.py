"""Messages for the tracking API that wait for their moment."""

import heapq
from collections.abc import Mapping
from itertools import count
from typing import Any
from uuid import uuid4

from demo.world.events import PROPERTIES, SOURCE_OF, Log

Message = dict[str, Any]
MOST_WAITING = 2_000
"""What would wait beyond these is forgotten: the registry has not answered for a long time."""


class Outbox:
    """Messages by the second at which they are due."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, str, Message]] = []
        self._numbers = count()

    def put(self, second: int, source: str, message: Message) -> None:
        """Have a message sent by a source, not before this second."""
        if len(self._waiting) < MOST_WAITING:
            told = message | {"messageId": f"live-{uuid4()}"}
            heapq.heappush(self._waiting, (second, next(self._numbers), source, told))

    def put_all(self, log: Log) -> None:
        """Have each event sent when it happens."""
        for event, (who, company, second, *values) in log:
            assert isinstance(second, int)
            source = SOURCE_OF[event]
            named = zip(PROPERTIES[source][event], values, strict=True)
            message: Message = {"type": "track", "userId": who, "event": event}
            message["properties"] = {key: value for key, value in named if value is not None}
            if company:
                message["context"] = {"groupId": company}
            self.put(second, source, message)

    def due(self, second: int) -> Mapping[str, list[Message]]:
        """What is to be sent by now, by source, in the order of its moments."""
        found: dict[str, list[Message]] = {}
        while self._waiting and self._waiting[0][0] <= second:
            _, _, source, message = heapq.heappop(self._waiting)
            found.setdefault(source, []).append(message)
        return found
