"""The webhook destination keeps the contract of destinations."""

from typing import Any

import pytest

from tests.activations.contract import DestinationContract
from tests.activations.destinations.webhook.emulator import SECRET, Receiver


class TestWebhook(DestinationContract):
    kind = "webhook"

    @pytest.fixture(autouse=True)
    def _receiver(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def config(self) -> dict[str, str]:
        return {"url": self.receiver.url, "secret": SECRET, "size": "256"}

    def wrong_config(self) -> dict[str, Any]:
        return self.config() | {"secret": SECRET[:-4] + "AAAA"}

    def held(self) -> dict[str, str]:
        assert self.receiver.refusals == []
        return {key: entry["plan"] or "" for key, entry in self.receiver.held.items()}


class TestSmallMessages(TestWebhook):
    def config(self) -> dict[str, str]:
        return super().config() | {"size": "20"}
