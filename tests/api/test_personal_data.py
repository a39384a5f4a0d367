"""A sentinel scan (TARGETS S5): what is known of customers is in no log, task message, error page or audit entry.

The main jobs are done with people whose every value says SENTINEL, with a tool that breaks, an exception in a view and
one in a worker; then everything is read that these have left behind.
"""

import io
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as project
from django.core.management import call_command
from django.db import IntegrityError
from django.forms.models import model_to_dict
from django.test import Client

from accounts.actors import INSTALLATION
from accounts.models import AuditEntry
from activations import services as activation_services
from activations.engine import runner
from activations.models import SyncRun
from config.embedded import Layout
from config.logs import Formatter
from profiles.models import Identity, Profile
from segments import services
from segments.api.views import profiles as profile_views
from segments.models import Run
from segments.runs.work import work
from tests.api import world
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)

SENTINEL = "sentinel7f3a"
PEOPLE = f"""external_id,email,phone,plan
one,{SENTINEL}one@example.com,+4420794600{{}}1,{SENTINEL} plan
two,{SENTINEL}two@example.com,,{SENTINEL} plan
""".replace("{}", "0")
RULE = {"trait": "plan", "op": "is_set"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as the installation writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Formatter("{asctime} {levelname} {name}: {message}", style="{"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def broker() -> Iterator[list[str]]:
    """Every command that Redis gets meanwhile: messages, the cache, counters."""
    heard: list[str] = []
    client = redis.Redis.from_url(str(project.CACHES["default"]["LOCATION"]))
    with client.monitor() as monitor:  # type: ignore[no-untyped-call]  # the package leaves it so
        listener = threading.Thread(target=_listen, args=(monitor, heard), daemon=True)
        listener.start()
        yield heard
        client.set("end-of-the-scan", 1, ex=1)
        listener.join(10)
    client.close()


def _listen(monitor: Any, heard: list[str]) -> None:
    for command in monitor.listen():
        heard.append(str(command["command"]))
        if "end-of-the-scan" in heard[-1]:
            return


def test_nothing_that_is_known_of_customers_is_left_in_logs_messages_error_pages_or_the_audit_log(
    log: io.StringIO, broker: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    _import(tmp_path)
    _count_and_send(tmp_path, monkeypatch)
    _read_by_api(pages, monkeypatch)
    left = {
        "log": log.getvalue(),
        "Redis": "\n".join(broker),
        "error pages": "\n".join(pages),
        "audit log": json.dumps([model_to_dict(entry) for entry in AuditEntry.objects.all()], default=str),
        "runs": "\n".join(Run.objects.values_list("failure", flat=True)),
        "database's log": _database_log(),
    }
    assert {name for name, text in left.items() if SENTINEL in text} == set()
    assert all(left[name] for name in ("log", "Redis", "error pages", "audit log"))
    assert "IntegrityError" in left["log"]
    assert AuditEntry.objects.filter(action__endswith=".read").count() >= 4


def _import(folder: Path) -> None:
    (folder / "people.csv").write_text(PEOPLE)
    call_command("import_profiles", str(folder / "people.csv"), source="crm", yes=True)
    assert Profile.objects.count() == 2


def _count_and_send(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that works, a sync that works, one to a tool that breaks in mid-send, a worker that does."""
    segment = data.live_segment("everyone", data.make_team(), RULE)
    work()
    assert Run.objects.get().members == 2
    made = activation_services.create_connection(
        actor=INSTALLATION, team=segment.team, kind="files", name="Files", config={"folder": "out"}
    )
    columns = [{"to": "email", "identifier": "email"}, {"to": "plan", "trait": "plan"}]
    activation = activation_services.create_activation(
        actor=INSTALLATION, key="a", name="A", segment=segment, connection=made, columns=columns
    )
    _sync(activation)
    blocked = Path(project.EXPORTS) / "blocked"
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file where a folder should be")
    broken = activation_services.create_connection(
        actor=INSTALLATION, team=segment.team, kind="files", name="Broken", config={"folder": "blocked"}
    )
    _sync(
        activation_services.create_activation(
            actor=INSTALLATION, key="b", name="B", segment=segment, connection=broken, columns=columns
        )
    )
    states = set(SyncRun.objects.values_list("state", flat=True))
    assert SyncRun.State.SUCCEEDED in states
    assert len(states) > 1
    services.request_recompute(actor=INSTALLATION, segment=segment)
    monkeypatch.setattr("segments.runs.outcomes.membership.store", _doubled_address)
    with pytest.raises(IntegrityError):
        work()
    logging.getLogger("celery.app.trace").exception("Task failed", exc_info=_caught())


def _sync(activation: Any) -> None:
    run = activation_services.request_sync(actor=INSTALLATION, activation=activation)
    runner.perform(run.pk)


def _doubled_address(*_: object) -> None:
    """An error of the database that repeats what it was given."""
    profile = Profile.objects.order_by("pk")[0]
    Identity.objects.create(profile=profile, kind="email", value=f"{SENTINEL}one@example.com")


def _caught() -> Exception:
    try:
        _doubled_address()
    except IntegrityError as error:
        return error
    raise AssertionError("the address was taken already")


def _read_by_api(pages: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.program_of(world.make_person("reader", administrator=True))
    everyone = "/api/v1/segments/everyone"
    assert client.get(f"{everyone}/members").json()["total"] == 2
    _post(client, f"{everyone}/explain", {"profile": f"{SENTINEL}one@example.com"}, 200)
    _post(client, f"{everyone}/preview", {}, 200)
    assert SENTINEL in client.get("/api/v1/profiles/one").content.decode()
    _post(client, "/api/v1/memberships/check", {"ids": [f"{SENTINEL}one@example.com"], "segments": ["everyone"]}, 200)
    monkeypatch.setattr(profile_views, "_identifiers", lambda profile: _doubled_address())
    broken = client.get("/api/v1/profiles/one")
    assert broken.status_code == 500
    pages.append(broken.content.decode())
    browser = world.session_of(world.make_person("staff", administrator=True))
    pages.append(browser.get("/segments/nowhere/").content.decode())


def _post(client: Client, path: str, body: object, status: int) -> None:
    answer = client.post(path, json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content


def _database_log() -> str:
    log = Layout(project.REGISTRY_HOME).folder / "postgres.log"
    return log.read_text(errors="replace") if log.exists() else ""
