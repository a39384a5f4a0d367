"""Programs that write through the API without pause, and send again what was cut off, with the same key."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import uuid4

from segments.models import Segment
from tests.segments import data
from tests.segments.processes import manage

THREADS = 3
DRAFT = "much-written"
EMAIL = "program@example.com"


@dataclass
class Clients:
    """Every version that was answered with 201 has its note in `written`: it must be there, once."""

    address: str
    token: str
    written: list[str] = field(default_factory=list)

    @contextmanager
    def writing(self) -> Iterator[list[str]]:
        """Answers which requests were cut off; left when the API answers again."""
        cut_off: list[str] = []
        answered, done = threading.Semaphore(0), threading.Event()

        def write_on() -> None:
            while not done.is_set():
                note = str(uuid4())
                while not self._write(note, cut_off):
                    pass
                self.written.append(note)
                answered.release()

        threads = [threading.Thread(target=write_on, daemon=True) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        assert answered.acquire(timeout=60), "the API does not answer"
        yield cut_off
        for _ in range(2 * THREADS):
            assert answered.acquire(timeout=60), "the API did not come back"
        done.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()

    def _write(self, note: str, cut_off: list[str]) -> bool:
        """Whether the version was answered with 201; a request whose answer is lost may have been done or not."""
        body = {"definition": {"unit": "profile", "rule": {"everyone": True}}, "note": note}
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": note,
        }
        url = f"{self.address}/api/v1/segments/{DRAFT}/versions"
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=10
            ) as answer:
                return bool(answer.status == HTTPStatus.CREATED)
        except urllib.error.HTTPError as error:
            if error.code not in (HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE):
                raise
            return False  # the first request with this key is still at work
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            cut_off.append(str(error))
            return False


def make_clients(address: str, environment: Mapping[str, str]) -> Clients:
    """A draft to write to, and a token to do it with: made by commands, since it is hashed with the home's own key."""
    data.make_segment(DRAFT, Segment.objects.all()[0].team)
    for command in (("create_admin", EMAIL), ("create_token", EMAIL, "--scopes", "read,write")):
        done = manage(environment, *command)
        assert done.returncode == 0, done.stderr
    return Clients(address, done.stdout.strip())
