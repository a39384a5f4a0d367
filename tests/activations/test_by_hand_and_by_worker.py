"""The ways in which a sync begins: command, tick, worker, admin site."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.actors import INSTALLATION, Actor
from accounts.models import TeamMember, User
from activations import scheduling, services, tasks
from activations.engine import runner
from activations.models import Activation, Connection, Delivery, SyncRun
from lib import clock
from segments.models import Segment
from tests.activations import building, reading

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90.0  # seconds within which work is taken over, by itself
State = SyncRun.State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def segment() -> Segment:
    building.traits(plan="text")
    segment = building.a_segment()
    building.has_members(segment, [building.a_person(f"p{number}@a.io", plan="pro") for number in range(5)])
    return segment


def wait_for(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


@contextmanager
def a_worker(environment: dict[str, str], folder: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker with beat, for the queue of syncs; killed with its children at the end."""
    log = (folder / "worker.log").open("ab")
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "-Q", "sync", "-c", "1", "-l", "INFO"]
    command += ["-s", str(folder / "beat"), "--pidfile="]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment | more, stdout=log, stderr=log, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def test_a_killed_worker_s_sync_is_finished_within_90_seconds(
    segment: Segment, process_environment: dict[str, str], tmp_path: Path, settings: Settings
) -> None:
    activation = building.an_activation(segment, schedule="interval", interval=timedelta(hours=1))
    quick = {"TICK_SECONDS": "1", "LEASE_SECONDS": "6", "REGISTRY_HOME": str(tmp_path)}
    with a_worker(process_environment, tmp_path, **quick, REGISTRY_FAILPOINT="sync.sent"):
        wait_for(lambda: Delivery.objects.filter(state="sending").count() == 5)
    run = SyncRun.objects.get()
    assert (run.state, run.trigger) == (State.RUNNING, SyncRun.Trigger.SCHEDULE)
    with a_worker(process_environment, tmp_path, **quick):
        wait_for(lambda: SyncRun.objects.filter(state=State.SUCCEEDED).exists())
    run.refresh_from_db()
    assert (run.added, run.attempts >= 2) == (5, True)
    assert len(reading.applied(settings.EXPORTS / "out")) == 5
    activation.refresh_from_db()
    assert activation.next_due is not None
    assert timedelta(minutes=55) < activation.next_due - clock.now() <= timedelta(hours=1)


def command(environment: dict[str, str], key: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "sync", key],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_syncs_without_a_worker_and_prints_the_run(
    segment: Segment, process_environment: dict[str, str], settings: Settings
) -> None:
    building.an_activation(segment)
    done = command(process_environment, "vip-to-disk")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert (printed["state"], printed["added"], printed["activation"]) == ("succeeded", 5, "vip-to-disk")
    assert printed["funnel"][1] == {"step": "identifier", "label": "with email", "left": 5}
    assert printed["funnel"][-1] == {"step": "delivered", "label": "delivered", "left": 5}
    assert len(reading.applied(settings.EXPORTS / "out")) == 5


def test_the_command_names_the_activations_there_are(segment: Segment, process_environment: dict[str, str]) -> None:
    building.an_activation(segment)
    done = command(process_environment, "vip")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "There is no activation 'vip'. There are: vip-to-disk." in done.stderr


def test_a_tick_queues_what_is_due_and_moves_its_time_on(segment: Segment) -> None:
    activation = building.an_activation(segment, schedule="interval", interval=timedelta(hours=1))
    assert activation.next_due is not None
    tasks.tick()
    run = SyncRun.objects.get()
    assert (run.state, run.trigger) == (State.QUEUED, SyncRun.Trigger.SCHEDULE)
    due = activation.next_due
    activation.refresh_from_db()
    assert activation.next_due == due + timedelta(hours=1)
    assert [found.pk for found in runner.workable()] == [run.pk]


def test_a_schedule_waits_for_the_first_members_of_a_new_segment() -> None:
    building.traits(plan="text")
    segment = building.a_segment()
    activation = building.an_activation(segment, schedule="interval", interval=timedelta(hours=1))
    due = activation.next_due
    assert scheduling.queue_due() == []
    activation.refresh_from_db()
    assert activation.next_due == due
    building.has_members(segment, [building.a_person("first@a.io", plan="pro")])
    assert [run.activation_id for run in scheduling.queue_due()] == [activation.pk]


def test_a_run_under_way_is_enough_when_the_next_is_due(segment: Segment) -> None:
    activation = building.an_activation(segment, schedule="interval", interval=timedelta(hours=1))
    [first] = scheduling.queue_due()
    Activation.objects.filter(pk=activation.pk).update(next_due=clock.now())
    assert [run.pk for run in scheduling.queue_due()] == [first.pk]
    assert SyncRun.objects.count() == 1


def test_a_schedule_must_be_complete(segment: Segment) -> None:
    with pytest.raises(ValidationError, match="Say at what time of the day"):
        building.an_activation(segment, schedule="daily")
    with pytest.raises(ValidationError, match="Say how often"):
        building.an_activation(segment, building.a_connection(name="Other"), schedule="interval")
    with pytest.raises(ValidationError, match="no timezone 'Mars/Base'"):
        building.an_activation(segment, building.a_connection(name="Third"), timezone="Mars/Base")
    assert not Activation.objects.exists()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ([], "blank"),
        ([{"to": "x", "trait": "plan"}], "none is an identifier"),
        ([{"to": "x", "identifier": "email"}, {"to": "x", "trait": "plan"}], "two columns are called 'x'"),
        ([{"to": "x", "identifier": "email"}, {"to": "y", "trait": "plam"}], "no profile trait 'plam'"),
        ([{"to": "x", "identifier": "fax"}], "Columns, at 0"),
        ("email", "Columns, at the top"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(segment: Segment, columns: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        building.an_activation(segment, columns=columns)
    assert not Activation.objects.exists()


def test_only_the_team_s_editors_may_act(segment: Segment) -> None:
    activation = building.an_activation(segment)
    viewer, editor = (User.objects.create_user(f"{role}@a.io") for role in ("viewer", "editor"))
    for user, role in ((viewer, TeamMember.Role.VIEWER), (editor, TeamMember.Role.EDITOR)):
        TeamMember.objects.create(team=building.a_team(), user=user, role=role)
    outsider = User.objects.create_user("outsider@a.io")
    for user in (viewer, outsider):
        for act in (services.request_sync, services.pause, services.resume):
            with pytest.raises(PermissionDenied):
                act(actor=Actor(user), activation=activation)
    assert not SyncRun.objects.exists()
    assert services.request_sync(actor=Actor(editor), activation=activation).actor == editor


@pytest.fixture
def admin_client(settings: Settings) -> Client:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected here
    }
    client = Client()
    client.force_login(User.objects.create_superuser("root@a.io"))
    return client


def test_the_admin_site_asks_for_what_the_kind_declares(admin_client: Client) -> None:
    add = reverse("admin:activations_connection_add")
    assert b"?kind=files" in admin_client.get(add).content
    assert b'name="config_folder"' in admin_client.get(f"{add}?kind=files").content
    values = {"team": building.a_team().pk, "name": "Disk", "config_compression": "none", "config_newline": "lf"}
    refused = admin_client.post(f"{add}?kind=files", values | {"config_folder": "/etc"})
    assert b"It must look like this" in refused.content
    admin_client.post(f"{add}?kind=files", values | {"config_folder": "crm"})
    made = Connection.objects.get()
    assert (made.kind, made.config) == ("files", {"folder": "crm", "compression": "none", "newline": "lf"})
    change = reverse("admin:activations_connection_change", args=[made.pk])
    assert b'value="crm"' in admin_client.get(change).content
    admin_client.post(change, values | {"config_folder": "crm/two"})
    made.refresh_from_db()
    assert made.config["folder"] == "crm/two"


def test_the_admin_site_makes_an_activation_and_acts_on_it(admin_client: Client, segment: Segment) -> None:
    there = building.a_connection()
    add = reverse("admin:activations_activation_add")
    fields = {
        "key": "vip", "name": "VIP", "segment": segment.pk, "connection": there.pk, "mode": "mirror",
        "columns": json.dumps(building.COLUMNS), "schedule": "daily", "daily_at": "06:00", "timezone": "Europe/London",
        "removal_limit": 20, "purpose": "outreach", "holdout": 0,
    }  # fmt: skip
    wrong = admin_client.post(add, fields | {"columns": '[{"to": "x", "trait": "plan"}]'})
    assert b"none is an identifier" in wrong.content
    admin_client.post(add, fields)
    activation = Activation.objects.get()
    assert activation.next_due is not None

    def act(name: str) -> None:
        admin_client.post(
            reverse("admin:activations_activation_changelist"),
            {"action": name, "_selected_action": [activation.pk]},
        )

    act("sync_now")
    assert SyncRun.objects.get().trigger == SyncRun.Trigger.MANUAL
    act("pause")
    activation.refresh_from_db()
    assert activation.state == "paused"
    assert not Activation.objects.exclude(next_due=None).exists()
    act("resume")
    activation.refresh_from_db()
    assert activation.state == "active"
    for page in ("activations_activation", "activations_syncrun", "activations_delivery", "activations_connection"):
        assert admin_client.get(reverse(f"admin:{page}_changelist")).status_code == 200
    assert admin_client.get(reverse("admin:activations_syncrun_add")).status_code == 403


def test_the_admin_site_confirms_a_removal(admin_client: Client, segment: Segment) -> None:
    activation = building.an_activation(segment, removal_limit=20)
    runner.perform(services.request_sync(actor=INSTALLATION, activation=activation).pk)
    building.has_members(segment, [])
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    runner.perform(run.pk)
    admin_client.post(
        reverse("admin:activations_activation_changelist"),
        {"action": "confirm_removal", "_selected_action": [activation.pk]},
    )
    run.refresh_from_db()
    assert (run.state, run.removals_confirmed) == (State.QUEUED, 5)
    assert run.confirmed_by == User.objects.get(email="root@a.io")
