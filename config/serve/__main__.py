"""Sets the registry up, then runs web, workers and beat until Ctrl-C.

``python -m config.serve`` serves what is there; with ``--demo`` it makes the sample company first, if there is none.
"""

import argparse
import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

from config.boot import keep_servers
from config.embedded import EmbeddedError
from config.serve.address import PortTakenError, choose
from config.serve.processes import Supervised, say

STOP_SECONDS = 20.0
READY_SECONDS = 90.0
SERVERS_SECONDS = 3.0


class _Stop(Exception):
    """Ctrl-C or a signal to end."""


def _ask_to_stop(*_: object) -> None:
    raise _Stop


def main() -> int:
    """Set up, serve, stop cleanly; the exit status."""
    arguments = argparse.ArgumentParser(prog="python -m config.serve", description=__doc__)
    arguments.add_argument("--demo", action="store_true", help="make the sample company first, if there is none")
    wanted = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, _ask_to_stop)
    signal.signal(signal.SIGINT, _ask_to_stop)
    signal.signal(signal.SIGHUP, _ask_to_stop)
    try:
        return _serve(with_sample=wanted.demo)
    except _Stop:
        return 0
    except (EmbeddedError, PortTakenError) as error:
        print(error, file=sys.stderr)
        return 1


def _serve(*, with_sample: bool) -> int:
    import django

    django.setup()
    from django.conf import settings

    settings.REGISTRY_HOME.mkdir(parents=True, exist_ok=True)
    with (settings.REGISTRY_HOME / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            print(f"This registry is being served already: {lock.read().strip()}", file=sys.stderr)
            return 1
        host, port = choose()
        lock.truncate(0)
        lock.write(f"http://{host}:{port} by process {os.getpid()}")
        lock.flush()
        sign_ins = _prepare(with_sample=with_sample)
        processes = _processes(settings.BASE_DIR, host, port)
        _run(processes, f"http://{host}:{port}", sign_ins)
    return 0


def _prepare(*, with_sample: bool) -> list[tuple[str, str]]:
    """Servers, tables, static files, sample company; answers the sign-ins to show."""
    from django.core.management import call_command

    from config.boot import migrate_embedded, start_servers

    say("setup", "starting the servers")
    start_servers()
    migrate_embedded()
    call_command("collectstatic", interactive=False, verbosity=0)
    if not with_sample:
        return []
    from demo.company import make, sign_ins

    make(lambda text: say("setup", text))
    return sign_ins()


def _processes(root: Path, host: str, port: int) -> list[Supervised]:
    python = [sys.executable, "-m"]
    worker = [*python, "celery", "--quiet", "-A", "config", "worker", "--without-gossip", "--without-mingle", "-l", "INFO"]
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    os.chdir(root)
    return [
        Supervised(
            "web",
            [*python, "gunicorn", "config.wsgi", "-b", bind, "-w", "2", "--threads", "4", "--no-control-socket"],
            36,
        ),
        Supervised("engine", [*worker, "-n", "engine@%h", "-Q", "engine", "-c", "1"], 35),
        Supervised("worker", [*worker, "-n", "worker@%h", "-Q", "sync,upkeep", "-c", "2"], 33),
        Supervised("beat", [*python, "celery", "--quiet", "-A", "config", "beat", "-l", "WARNING", "-S", "celery.beat:Scheduler"], 32),
    ]


def _run(processes: list[Supervised], url: str, sign_ins: list[tuple[str, str]]) -> None:
    """Run until Ctrl-C: keep the servers and the processes going, and say once when the registry is ready."""
    for process in processes:
        process.start()
    ready_by: float | None = time.monotonic() + READY_SECONDS
    servers_at = time.monotonic()
    try:
        while True:
            time.sleep(0.5)
            if time.monotonic() > servers_at:
                keep_servers()
                servers_at = time.monotonic() + SERVERS_SECONDS
            for process in processes:
                process.tend()
            if ready_by and _healthy(url):
                _banner(url, sign_ins)
                ready_by = None
            elif ready_by and time.monotonic() > ready_by:
                say("setup", f"not well after {READY_SECONDS:.0f} s; {url}/healthz says why")
                ready_by = None
    finally:
        _stop(processes)


def _stop(processes: list[Supervised]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not leave half of it running
    say("setup", "stopping")
    for process in processes:
        process.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        process.wait(deadline)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310  (our own address)
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _banner(url: str, sign_ins: list[tuple[str, str]]) -> None:
    say("setup", "")
    say("setup", f"The segment registry is ready: {url}")
    for who, words in sign_ins:
        say("setup", f"  {who:<28} {words}")
    say("setup", "Ctrl-C stops it; the data stays.")
    say("setup", "")


if __name__ == "__main__":
    sys.exit(main())
