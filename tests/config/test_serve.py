"""The supervisor, run as a user runs it."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import Layout, Postgres, Redis
from config.embedded.waiting import wait_until
from tests.served import Served, free_port


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path / "a home", free_port()) as one:
        yield one


def test_it_serves_restarts_what_dies_and_leaves_nothing_behind(served: Served) -> None:
    served.wait_for(f"ready: http://127.0.0.1:{served.port}")
    status, parts = served.health()
    assert (status, parts) == (
        200,
        {"status": "ok", "database": "ok", "migrations": "ok", "redis": "ok", "worker": "ok", "drift": 0},
    )

    engine = served.process_of("engine@")
    assert engine is not None
    os.kill(engine, signal.SIGKILL)
    served.wait_for(r"engine .*ended with status -9; starting again")
    wait_until(lambda: served.process_of("engine@") not in (None, engine), "a new engine", served.home)

    second = Served(served.home, free_port())
    assert second.process.wait(60) == 1
    assert second.says(f"served already: http://127.0.0.1:{served.port}")

    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(60) == 0
    layout = Layout(served.home)
    assert not Postgres(layout).answers()
    assert not Redis(layout).answers()
    assert served.health()[0] == 0


def test_a_supervisor_killed_outright_takes_its_children_along_and_the_next_start_works(served: Served) -> None:
    served.wait_for("ready: ")
    served.process.kill()
    served.process.wait()
    wait_until(lambda: served.health()[0] == 0, "the end of web", served.home)
    again = Served(served.home, served.port)
    try:
        again.wait_for("ready: ")
        assert again.health()[0] == 200
    finally:
        again.process.terminate()
        assert again.process.wait(60) == 0


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        one = Served(tmp_path / "home", port)
        assert one.process.wait(60) == 1
        assert one.says(f"Port {port} on 127.0.0.1 is taken. Set another one: PORT={port + 1}")
