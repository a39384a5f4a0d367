"""The webhook destination keeps the contract of destinations, against a receiver that misbehaves in every way."""

import pytest

from activations.destinations.base_emulator import Emulator
from activations.destinations.webhook import destination
from lib.http.client import Limits
from tests.activations.destinations.webhook.emulator import SECRET, Receiver
from tests.activations.tool_contract import ToolContract


class TestWebhook(ToolContract):
    kind = "webhook"

    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(destination, "LIMITS", Limits(connect=1, read=1.5, total=2, body=1000))

    def emulator(self) -> Emulator:
        return Receiver()

    @property
    def receiver(self) -> Receiver:
        assert isinstance(self.tool, Receiver)
        return self.tool

    def config(self) -> dict[str, str]:
        return self.receiver.config(self.address)

    def wrong_config(self) -> dict[str, str]:
        return self.config() | {"secret": SECRET[:-4] + "AAAA"}

    def secret(self) -> str:
        return SECRET

    def held(self) -> dict[str, str]:
        if self.receiver.secrets == (SECRET,):  # else it refuses whatever comes
            assert self.receiver.refused == []
        return {key: entry["plan"] or "" for key, entry in self.receiver.held.items()}


class TestSmallMessages(TestWebhook):
    def config(self) -> dict[str, str]:
        return super().config() | {"size": "20"}
