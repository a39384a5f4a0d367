"""The embedded servers: started once for many, stopped by the last, and right again after any kill."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded import Layout, Postgres, Redis, account, keep, use
from config.embedded.layout import EmbeddedError, secret
from config.embedded.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
USER_OF_BOTH = """
import sys
from pathlib import Path
from config.embedded import Layout, Postgres, Redis, use
layout = Layout(Path(sys.argv[1]))
use(Postgres(layout, ("fsync=off",)))
use(Redis(layout))
print("ready", flush=True)
sys.stdin.readline()
"""


def start_user(home: Path, *prefix: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", USER_OF_BOTH, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def says_ready(user: subprocess.Popen[str]) -> bool:
    assert user.stdout is not None
    return user.stdout.readline() == "ready\n"


def finish(user: subprocess.Popen[str]) -> None:
    _, errors = user.communicate("\n", timeout=60)
    assert user.returncode == 0, errors


def still_running(home: Path) -> bool:
    layout = Layout(home)
    return Postgres(layout).answers() or Redis(layout).answers()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a home with spaces"
    folder.mkdir()
    yield folder
    for server in (Postgres(Layout(folder)), Redis(Layout(folder))):
        server.stop()
    shutil.rmtree(Layout(folder).sockets, ignore_errors=True)


def test_a_secret_stays_the_same_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    first = secret(path)
    assert secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_eight_commands_at_once_share_servers_and_the_last_one_stops_them(home: Path) -> None:
    users = [start_user(home) for _ in range(8)]
    for user in users:
        assert says_ready(user)
    for user in users[:-1]:
        finish(user)
    assert still_running(home)
    finish(users[-1])
    assert not still_running(home)
    assert not (home / "embedded" / "postgres" / "postmaster.pid").exists()


def test_servers_of_a_killed_command_are_adopted_with_their_data(home: Path) -> None:
    user = start_user(home)
    assert says_ready(user)
    with psycopg.connect(Layout(home).database_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    user.kill()
    user.wait()
    assert still_running(home)
    heir = start_user(home)
    assert says_ready(heir)
    with psycopg.connect(Layout(home).database_url()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finish(heir)
    assert not still_running(home)


def test_a_database_killed_in_use_is_started_again_with_its_data(home: Path) -> None:
    user = start_user(home)
    assert says_ready(user)
    with psycopg.connect(Layout(home).database_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server = Postgres(Layout(home), ("fsync=off",))
    pid = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not server.answers(), "the kill", server.log)
    keep(server)
    with psycopg.connect(Layout(home).database_url()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finish(user)


def test_a_pid_file_that_names_some_other_process_does_not_stop_the_start(home: Path) -> None:
    user = start_user(home)
    assert says_ready(user)
    pid_file = home / "embedded" / "postgres" / "postmaster.pid"
    left_behind = pid_file.read_text().split("\n")
    finish(user)
    pid_file.write_text("\n".join([str(os.getppid()), *left_behind[1:]]))
    again = start_user(home)
    assert says_ready(again)
    finish(again)


def test_a_first_start_killed_half_way_is_done_again(home: Path) -> None:
    draft = home / "embedded" / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18")
    user = start_user(home)
    assert says_ready(user)
    finish(user)
    assert not draft.exists()


def test_a_folder_of_sockets_made_by_somebody_else_is_refused(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder that belongs to another account")
    layout = Layout(home)
    layout.sockets.mkdir()
    os.chown(layout.sockets, 12345, -1)
    with pytest.raises(EmbeddedError, match="belongs to another account"):
        use(Redis(layout))


def test_root_runs_the_servers_under_an_account_without_rights(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    user = start_user(home)
    assert says_ready(user)
    pid = int((home / "embedded" / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    owner = Path(f"/proc/{pid}").stat().st_uid
    finish(user)
    assert owner == account.servers_account()[0] != 0


def test_without_root_everything_runs_under_the_own_account(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests run without root already")
    uid, gid = account.servers_account()
    os.chown(home, uid, gid)
    user = start_user(home, sys.executable, "-I", account.__file__, str(uid), str(gid))
    assert says_ready(user), user.communicate()[1]
    pid = int((home / "embedded" / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
    owner = Path(f"/proc/{pid}").stat().st_uid
    finish(user)
    assert owner == uid
