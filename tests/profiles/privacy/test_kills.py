"""Kill -9 at every step of an erasure: readers see one state throughout, and the next worker goes on to the end."""

import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection
from pytest_django import Settings

from accounts.actors import INSTALLATION
from profiles.erasure import work
from profiles.lake import copies, redirects, vacuum
from profiles.lake import erased as forgetting
from profiles.models import Erasure
from profiles.services import erase
from tests.profiles.lake import processes
from tests.profiles.privacy import somebody, traces
from tests.profiles.privacy.test_erasure import seen

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = (
    *work.POINTS, *forgetting.POINTS, *redirects.POINTS, *copies.POINTS,
    "vacuum.deleting", "vacuum.deleted", "vacuum.forgotten", *vacuum.LOG_POINTS,
)  # fmt: skip


def erase_the_rest(uploads: Path) -> None:
    """What a worker does."""
    project.UPLOADS = uploads
    while Erasure.objects.filter(state__in=Erasure.OPEN).update(next_attempt_at=None):  # readers may be in the way
        work.work(age=timedelta(0))


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_is_killed_changes_no_answer_and_the_next_one_ends_it(
    point: str, settings: Settings, tmp_path: Path
) -> None:
    settings.UPLOADS = tmp_path / "uploads"
    rest = partial(erase_the_rest, settings.UPLOADS)
    left = somebody.made()
    erase(actor=INSTALLATION, profile=left.person)
    before = seen()
    wrong: list[object] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            if (found := seen()) != before:
                wrong.append(found)
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert processes.was_killed(processes.start(rest, point)), f"{point} was not reached"
    finally:
        done.set()
        watcher.join()
    Erasure.objects.update(leased_until=None)
    rest()
    assert wrong == []
    assert seen() == before
    assert Erasure.objects.get().state == "succeeded"
    assert traces.in_database(somebody.SENTINEL) == []
    assert traces.in_files(somebody.SENTINEL, traces.lake(), tmp_path) == []
