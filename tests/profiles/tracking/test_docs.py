"""The commands that docs/tracking-api.md shows, run as they stand."""

import re
import subprocess
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from profiles.models import Company, TailEvent
from tests.profiles.ingest.customers import identities, traits
from tests.profiles.tracking.sending import make_sender

PAGE = Path(__file__).resolve().parents[3] / "docs" / "tracking-api.md"


@pytest.mark.django_db(transaction=True)
def test_every_call_of_the_page_is_answered_as_it_says(live_server: LiveServer) -> None:
    [block] = re.findall(r"```\n(KEY=.*?)```", PAGE.read_text(), re.DOTALL)
    calls = block.partition("\n")[2].replace("localhost:8000", live_server.url.removeprefix("http://"))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"KEY={make_sender().key}\n{calls}"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout == '{"success": true}' * 4
    assert identities("u1") == {("external_id", "u1"), ("anonymous_id", "visit-1"), ("email", "ada@example.org")}
    assert traits("u1") == {"plan": "pro"}
    assert set(TailEvent.objects.values_list("event_type__name", flat=True)) == {"Order placed", "page_viewed"}
    assert Company.objects.get(external_id="acme").traits == {"industry": "Retail"}
