"""What the real SDKs send is on the person's page, and moves them into a segment whose webhook fires."""

import base64
import importlib.util
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import perf_counter

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from activations.models import SyncRun
from config.embedded.waiting import wait_until
from lib.http.addresses import AllowList
from profiles.catalogue import ensure_event_type
from profiles.models import Profile
from tests.activations import building
from tests.faults.installation import Installation, installed
from tests.pages.reading import text
from tests.sdks.proof import HERE, python, sent
from tests.segments import data
from tests.segments.processes import manage

EVENT = "Order Completed"
NODE = shutil.which("node")
PATIENCE = 60
HERE_ONLY = "127.0.0.1"


@pytest.fixture
def allowed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The served registry and this process may both call this machine, and read each other's secrets."""
    settings.OUTBOUND_ALLOW = AllowList.parse([HERE_ONLY])
    monkeypatch.setenv("OUTBOUND_ALLOW", HERE_ONLY)
    monkeypatch.setenv("REGISTRY_SECRET_KEYS", settings.REGISTRY_SECRET_KEYS[0])


@pytest.mark.usefixtures("allowed")
def test_events_of_the_four_sdks_are_on_the_page_and_move_people_whose_webhook_fires(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, printed: Callable[[str], None]
) -> None:
    senders = _senders()
    with django_db_blocker.unblock(), _receiver() as (hook, heard), installed(tmp_path / "home") as one:
        key, address, told = _prepare(one, hook), f"http://{HERE_ONLY}:{one.served.port}", []
        for name, send in senders.items():
            send(address, key, name)
            ended = perf_counter()
            assert EVENT in _page_of(name)
            wait_until(partial(heard.__contains__, name), f"the webhook about {name}", tmp_path, PATIENCE)
            told.append(f"{name} {heard[name] - ended:.2f} s")
    printed(f"from the end of the SDK's program to the webhook: {', '.join(told)}")


def _senders() -> dict[str, Callable[[str, str, str], None]]:
    """Name of an SDK → what sends one call of each kind: address, write key, person."""
    if NODE is None or not (HERE / "node" / "node_modules").is_dir() or importlib.util.find_spec("segment") is None:
        pytest.skip("the SDKs are not here: make sdks, which needs npm")
    found: dict[str, Callable[[str, str, str], None]] = {}
    for sdk in ("segment", "rudder"):
        found[f"{sdk}-python"] = partial(_by_python, f"send_{sdk}.py")
        found[f"{sdk}-node"] = partial(sent, NODE, "node/send.mjs", sdk)
    return found


def _by_python(script: str, address: str, key: str, person: str) -> None:
    python(script, address, key, "gzip", person)


def _prepare(one: Installation, hook: str) -> str:
    """A segment of buyers that is counted and has a webhook that follows it at once; answers a write key."""
    ensure_event_type(name=EVENT)
    segment = data.live_segment("buyers", data.make_team(), {"event": EVENT})
    secret = "whsec_" + base64.b64encode(b"0" * 24).decode()
    activation = building.an_activation(
        segment,
        building.a_connection("webhook", "Hook", url=hook, secret=secret),
        columns=[{"to": "id", "identifier": "external_id"}],
        schedule="change",
    )
    made = manage(one.served.environment, "create_source", "shop")
    assert made.returncode == 0, made.stderr
    synced = SyncRun.objects.filter(activation=activation, state=SyncRun.State.SUCCEEDED)
    wait_until(synced.exists, "the first sync", one.layout.home, PATIENCE)
    return made.stdout.strip()


def _page_of(person: str) -> str:
    """What the timeline on the person's page says to an administrator."""
    administrator, _ = User.objects.get_or_create(email="admin@example.com", is_superuser=True)
    browser = Client()
    browser.force_login(administrator)
    profile = Profile.objects.get(identities__value=person)
    return text(browser.get(f"/profiles/id/{profile.pk}/timeline/"))


@contextmanager
def _receiver() -> Iterator[tuple[str, dict[str, float]]]:
    """The address of a receiver of webhooks, and when it heard of whom."""
    heard: dict[str, float] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for entry in body["data"].get("added", ()):
                heard.setdefault(entry["id"], perf_counter())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((HERE_ONLY, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{HERE_ONLY}:{server.server_port}/hook", heard
        finally:
            server.shutdown()
