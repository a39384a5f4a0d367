"""P6: an audience to a file by an activation, e-mail and phone normalised and hashed, against DuckDB's COPY of the same
columns, hashed and not normalised. The activation keeps its books meanwhile: a row for each person (I10)."""

import resource
import shutil
from collections.abc import Iterator
from time import perf_counter

import duckdb
from django.conf import settings

from accounts.actors import INSTALLATION
from activations import services
from activations.engine import runner
from activations.models import Activation, Connection, Delivery, SyncRun
from bench.home import Place
from bench.lines import ROUNDS, Line, middle
from segments.models import Segment
from segments.runs import queue
from segments.runs.work import work

TARGET = 0.3
KEY = "e18-nothing-for-a-month"
COLUMNS = [
    {"to": "id", "identifier": "external_id"},
    {"to": "email", "identifier": "email", "format": "meta.EMAIL"},
    {"to": "phone", "identifier": "phone", "format": "meta.PHONE"},
    {"to": "plan", "trait": "plan"},
]


def run(place: Place) -> Iterator[Line]:
    """The whole audience each time."""
    segment = Segment.objects.select_related("team").get(key=KEY)
    queue.ask([segment.pk], "manual")
    work()
    ours, rival, rows = [], [], 0
    for _ in range(ROUNDS):
        began = perf_counter()
        rows = _copy(place)
        rival.append(rows / (perf_counter() - began))
        activation = _fresh(segment)
        request = services.request_sync(actor=INSTALLATION, activation=activation)
        began = perf_counter()
        runner.perform(request.pk)
        seconds = perf_counter() - began
        request.refresh_from_db()
        if request.state != SyncRun.State.SUCCEEDED:
            yield _line(place, [], rival, rows, f"the sync ended {request.state}: {request.failure}")
            return
        ours.append(request.added / seconds)
    yield _line(place, ours, rival, rows, "")


def _fresh(segment: Segment) -> Activation:
    """An activation that has never sent anything."""
    Delivery.objects.all().delete()
    SyncRun.objects.all().delete()
    Activation.objects.all().delete()
    Connection.objects.all().delete()
    shutil.rmtree(settings.EXPORTS, ignore_errors=True)
    connection = services.create_connection(
        actor=INSTALLATION, team=segment.team, kind="files", name="bench", config={"folder": "bench"}
    )
    return services.create_activation(
        actor=INSTALLATION,
        key="bench",
        name="bench",
        segment=segment,
        connection=connection,
        mode="mirror",
        columns=COLUMNS,
    )


def _copy(place: Place) -> int:
    target = place.folder / "copy.csv"
    with duckdb.connect() as duck:
        answer = duck.execute(
            "COPY (SELECT external_id, sha256(email), sha256(phone), plan "
            f"FROM read_parquet('{place.files.profiles}')) TO '{target}' (FORMAT csv)"
        ).fetchone()
    target.unlink()
    return int(answer[0]) if answer else 0


def _line(place: Place, ours: list[float], rival: list[float], rows: int, void: str) -> Line:
    return Line(
        name="export of an audience to a file",
        size=place.size.name,
        unit="rows/s",
        ours=middle(ours) if ours else None,
        rival=middle(rival),
        target=TARGET,
        against=f"DuckDB COPY of the same columns of all {rows:,} profiles with sha256, not normalising",
        at_most=False,
        void=void,
        extra={"peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)},
    )
