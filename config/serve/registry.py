"""Web, workers and beat of one home: prepared, started, kept going, stopped."""

import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus

from django.conf import settings

from config.boot import keep_servers, migrate_embedded, start_servers
from config.own_host import own_host
from config.serve.address import choose
from config.serve.processes import Supervised, say
from config.static import collect_if_changed
from demo.company import make
from demo.staff import sign_ins

STOP_SECONDS = 20.0
READY_SECONDS = 90.0
SERVERS_SECONDS = 3.0
PATIENT = ("nice", "-n", "10")
"""Before the worker that counts everybody: people, programs and signals, who wait for an answer, go first."""


def serve() -> int:
    """Set up and serve until the process is asked to stop; the exit status."""
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
        os.chdir(settings.BASE_DIR)
        _prepare(_url(own_host(), port))
        processes = _processes(host, port)
        if settings.DEMO:
            live = [sys.executable, "-m", "demo.live", _url(own_host(), port)]
            processes.append(Supervised("live", live, 34))
        _run(processes, _url(host, port), sign_ins() if settings.DEMO else [])
    return 0


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _prepare(url: str) -> None:
    """Have everything ready that the processes need; `url` is where they reach this installation."""
    say("setup", "starting the servers")
    start_servers()
    say("setup", "preparing tables and static files")
    migrate_embedded()
    collect_if_changed()
    if settings.DEMO:
        make(lambda text: say("setup", text), url)


def _processes(host: str, port: int) -> list[Supervised]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "-l", "INFO"]
    web = [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", bind, "-w", "2", "--threads", "4"]
    return [
        Supervised("web", [*web, "--no-control-socket"], 36),
        Supervised("engine", [*PATIENT, *worker, "-n", "engine@%h", "-Q", "engine", "-c", "1"], 35),
        Supervised("signals", [*worker, "-n", "signals@%h", "-Q", "signals", "-c", "1"], 34),
        Supervised("worker", [*worker, "-n", "worker@%h", "-Q", "sync,upkeep", "-c", "2"], 33),
        Supervised("beat", [*celery, "beat", "-l", "WARNING", "-S", "celery.beat:Scheduler"], 32),
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
