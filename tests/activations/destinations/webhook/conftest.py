"""A receiver to send to, which the registry may call, and a sender that gives up soon."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from activations.destinations.webhook import destination
from lib.http.addresses import AllowList
from lib.http.client import Limits
from tests.activations.destinations.webhook.emulator import Receiver, receiving


@pytest.fixture
def receiver(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    settings.OUTBOUND_ALLOW = AllowList.parse(["127.0.0.1"])
    monkeypatch.setattr(destination, "LIMITS", Limits(connect=1, read=1.5, total=2, body=1000))
    with receiving(Receiver()) as found:
        yield found
