"""What the registry must hold after an SDK has sent one call of each kind."""

import os
import subprocess
import sys
from pathlib import Path

from profiles.models import Company, QuarantinedEvent, TailEvent
from tests.profiles.ingest.customers import identities, profile, traits

HERE = Path(__file__).resolve().parent
PATIENCE = 60


def sent(*command: str) -> None:
    """Run a program that sends. It says on stderr what went wrong, and ends with another status than 0."""
    done = subprocess.run(
        command,
        cwd=HERE,
        env=os.environ | {"NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def python(script: str, *arguments: str) -> None:
    """Run one of the scripts beside this file."""
    sent(sys.executable, script, *arguments)


def check() -> None:
    """All six calls are there, once, and none waits."""
    assert not QuarantinedEvent.objects.exists()
    assert traits("u1") == {"plan": "pro"}
    assert identities("u1") == {
        ("external_id", "u1"), ("email", "ada@example.org"), ("anonymous_id", "a1"), ("anonymous_id", "old")
    }  # fmt: skip
    found = {event.event_type.name: event for event in TailEvent.objects.select_related("event_type")}
    assert TailEvent.objects.count() == len(found) == 3
    assert found["Order Completed"].properties == {"total": 12.5, "tags": ["a", "b"]}
    assert found["page_viewed"].properties["path"] == "/pricing"
    assert found["screen_viewed"].properties["name"] == "Home"
    assert {event.profile_id for event in found.values()} == {profile("u1").pk}
    assert (Company.objects.get().traits, str(profile("u1").company)) == ({"size": 12}, "acme")
