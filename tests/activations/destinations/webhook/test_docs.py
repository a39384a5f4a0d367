"""The receiver's code on the page of webhooks verifies what we send, and nothing else."""

import json
import re
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from activations.destinations.base import Mode, Record, Sync
from activations.destinations.base_emulator import Request
from activations.destinations.webhook import WebhookDestination
from tests.activations.contract import COLUMNS
from tests.activations.destinations.webhook.emulator import SECRET, Receiver

PAGE = Path(__file__).resolve().parents[4] / "docs" / "destinations" / "webhook.md"


@pytest.fixture
def code() -> dict[str, Any]:
    """What the page's Python defines."""
    [text] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    defined: dict[str, Any] = {}
    exec(compile(text, str(PAGE), "exec"), defined)
    return defined


@pytest.fixture
def call(receiver: Receiver) -> Request:
    settings = {"url": receiver.url, "secret": SECRET, "size": "256"}
    with closing(WebhookDestination(settings)) as webhook:
        webhook.begin(Sync(42, 1, "vip-to-shop", "vip", Mode.MIRROR, COLUMNS, None))
        webhook.add([Record("zoë@a.io", ("zoë@a.io", "pro"))])
    return receiver.calls[0]


def test_the_page_s_code_takes_what_we_send(code: dict[str, Any], call: Request) -> None:
    assert code["is_genuine"](SECRET, call.headers, call.body)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_other"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(int(time.time()) - 301)},
        {"webhook-timestamp": str(int(time.time()) + 400)},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,ü"},
    ],
)
def test_the_page_s_code_refuses_what_was_changed(changed: dict[str, str], code: dict[str, Any], call: Request) -> None:
    assert not code["is_genuine"](SECRET, {**call.headers, **changed}, call.body)


def test_the_page_s_code_refuses_another_body_or_secret(code: dict[str, Any], call: Request) -> None:
    assert not code["is_genuine"](SECRET, call.headers, call.body + b" ")
    assert not code["is_genuine"]("whsec_" + "B" * 40, call.headers, call.body)


def test_the_page_s_message_is_of_the_shape_that_we_send(call: Request) -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    document = json.loads(example)
    assert document.keys() == call.document.keys()
    assert list(document["data"]) == list(call.document["data"])
    assert document["type"] == call.document["type"]
