"""An import that is killed in the middle and run again leaves what one undisturbed run leaves."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from lib import failpoints
from profiles.ingest import event_import, rows
from profiles.ingest.readers import delimited
from profiles.lake import flush
from profiles.models import ChangedProfile, EventId, Identity, Profile, Stage
from tests.profiles.ingest.conftest import Import, Write
from tests.profiles.ingest.customers import lake
from tests.profiles.lake import processes

PEOPLE = "external_id,email,company_id,n\n" + "".join(
    f"u{row % 90},{row % 90}@x.example,c{row % 7},{row}\n" for row in range(100)
)
EARLIER = "external_id,n\n" + "".join(f"u{row},{row - 1}\n" for row in range(0, 90, 2))
"""Half of the people, with other values: some profiles are changed in the lake, the others are new there."""
EVENTS = "event,user_id,timestamp,n\n" + "".join(
    f"E{row % 2},u{row % 13},2026-0{1 + row % 2}-01,{row // 2}\n" for row in range(120)
)
AT = [
    "import.written:2",
    "copy.written:1",
    "copy.committed:1",
    "copy.closed:1",
    "import.events_staged:1",
    "import.events_stored:2",
    "import.events_flushed:1",
    "stage.written:2",
    "stage.recorded:1",
    "flush.opened:2",
    "flush.appended:4",
    "flush.closing:1",
]


def small_portions(command: str, path: Path) -> None:
    """Run a command that commits every few rows, in a process of its own."""
    from django.core.management import call_command  # noqa: PLC0415  Django is ready only there

    delimited.ROWS_PER_CHUNK, rows.PORTION, event_import.PORTION = 20, 20, 40
    settings.REGISTRY_HOME = path.parent / "home"
    call_command(command, str(path), "--yes", "--rejects", str(path.with_suffix(".rejects")))


def result() -> dict[str, Any]:
    """All that both imports leave, without ids."""
    people = lake("SELECT n FROM users WHERE n IS NOT NULL ORDER BY n")
    events = lake("SELECT event, count(*), min(message_id), max(message_id) FROM tracks GROUP BY 1 ORDER BY 1")
    numbers = lake("SELECT count(*), sum(n) FROM (SELECT n FROM e0 UNION ALL SELECT n FROM e1)")
    names = sorted(Identity.objects.values_list("kind", "value"))
    counts = [Identity.objects.count(), Profile.objects.count(), EventId.objects.count()]
    return {"people": people, "events": events, "numbers": numbers, "names": names, "counts": counts}


@pytest.mark.parametrize("failpoint", AT)
def test_a_killed_import_is_finished_by_running_it_again(run: Import, write: Write, failpoint: str) -> None:
    people, events = write("people.csv", PEOPLE), write("events.csv", EVENTS)
    assert run("import_profiles", write("earlier.csv", EARLIER), "--yes").status == 0
    first = processes.start(partial(small_portions, "import_profiles", people), failpoint)
    second = None
    if not processes.was_killed(first):
        second = processes.start(partial(small_portions, "import_events", events), failpoint)
        assert processes.was_killed(second), f"{failpoint} was not reached"
    for command, path in (("import_profiles", people), ("import_events", events)):
        assert run(command, path, "--yes").status == 0
    flush.flush_tail()
    left = result()
    assert left["people"] == [(float(row),) for row in range(10, 100)]
    assert left["numbers"] == [(120, 3540.0)]
    assert left["counts"] == [180, 90, 120]
    assert not ChangedProfile.objects.exists()
    assert not Stage.objects.exists()
    assert list((settings.REGISTRY_HOME / "imports").iterdir()) == [settings.REGISTRY_HOME / "imports" / "lock"]
    for command, path in (("import_profiles", people), ("import_events", events)):
        again = run(command, path)
        assert "new profiles: 0\nchanged: 0" in again.out or again.number("new events") == 0
    assert result() == left


def test_each_fail_point_of_an_import_is_among_those_tested() -> None:
    own = {name for name in failpoints.declared() if name.startswith("import.")}
    assert own <= {name.split(":")[0] for name in AT}
