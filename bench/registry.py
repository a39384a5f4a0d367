"""Loads the world into a registry: rows by COPY, events straight into the lake, D50 as live segments.

Ids are the numbers of the world's external ids. `event_ids` stays empty: nothing that is measured on this registry
accepts an event.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import connection, transaction

from accounts.actors import INSTALLATION
from accounts.models import Role, Team, User
from accounts.services.teams import set_role
from bench import suite
from bench.home import Place
from bench.world import shape
from bench.world.files import WorldFiles
from lib import clock
from profiles.catalogue import ensure_event_type, ensure_property, ensure_trait
from profiles.changes import mark_companies, mark_profiles
from profiles.lake import batches, copies, flush
from profiles.models import ChangedProfile, EventProperty, EventType, TailEvent, Unit
from segments import services
from segments.models import Run

AT_A_TIME = 2_000_000
"""Events staged at once."""


def load(place: Place) -> None:
    """Have the world in the registry that this process has entered, without what a bench may have left in it."""
    if place.loaded.exists():
        TailEvent.objects.all().delete()
        ChangedProfile.objects.all().delete()
        return
    print("Loading the registry ...", file=sys.stderr)
    files = place.files
    _load_catalogue()
    _load_people(files)
    copies.copy_changes()
    for name in shape.EVENTS:
        _load_events(files, name)
    _analyse()
    _publish()
    place.loaded.touch()


def _load_catalogue() -> None:
    for unit, traits in ((Unit.PROFILE, shape.PROFILE_TRAITS), (Unit.COMPANY, shape.COMPANY_TRAITS)):
        for key, kind in traits.items():
            ensure_trait(unit=unit.value, key=key, type=kind)
    for name, properties in shape.EVENTS.items():
        event = ensure_event_type(name=name)
        for key, kind in properties.items():
            ensure_property(event_type=event, key=key, type=kind)


@transaction.atomic
def _load_people(files: WorldFiles) -> None:
    number = "CAST(substr({}, 2) AS BIGINT)"
    mine, of = number.format("external_id"), number.format("company_id")
    people = f"FROM read_parquet('{files.profiles}')"
    companies = f"FROM read_parquet('{files.companies}')"
    _copy(
        "profiles_company (id, external_id, known, traits, created_at)",
        f"SELECT {mine}, external_id, true, {_json(shape.COMPANY_TRAITS)}, now() {companies}",
    )
    _copy(
        "profiles_profile (id, company_id, lasting, traits, created_at)",
        f"SELECT {mine}, {of}, true, {_json(shape.PROFILE_TRAITS)}, now() {people}",
    )
    for kind in ("external_id", "email", "phone"):
        _copy("profiles_identity (profile_id, kind, value)", f"SELECT {mine}, '{kind}', {kind} {people}")
    with connection.cursor() as cursor:
        for table in ("profiles_company", "profiles_profile"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    mark_companies(range(1, files.size.companies + 1))
    mark_profiles(range(1, files.size.profiles + 1))


def _json(traits: Mapping[str, str]) -> str:
    """The traits that a row has, as `Profile.traits` holds them."""
    fields = ", ".join(
        f"'{key}': " + (f"strftime({key}, '%Y-%m-%dT%H:%M:%S.%fZ')" if kind == "datetime" else key)
        for key, kind in traits.items()
    )
    return f"json_merge_patch('{{}}', to_json({{{fields}}}))"


def _copy(table: str, query: str) -> None:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as duck, connection.cursor() as cursor:
        rows = Path(folder) / "rows.csv"
        duck.execute("SET TimeZone = 'UTC'")
        duck.execute(f"COPY ({query}) TO '{rows}' (FORMAT csv, HEADER false)")
        with rows.open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)


def _load_events(files: WorldFiles, name: str) -> None:
    event = EventType.objects.get(name=name)
    columns = dict(EventProperty.objects.filter(event_type=event).values_list("key", "column"))
    for rows in _slices(files.events(name)):
        table = pa.table(
            {
                "user_id": _number(rows.column("user_id")),
                "account_id": _number(rows.column("company_id")),
                "timestamp": rows.column("timestamp"),
                "message_id": rows.column("message_id"),
                **{column: rows.column(key) for key, column in columns.items()},
            }
        )
        with transaction.atomic():
            number = batches.stage({event.table: table})
        flush.write_batch(number)


def _slices(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=AT_A_TIME):
            yield pa.Table.from_batches([batch])


def _number(ids: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_slice_codeunits(ids, start=1).cast(pa.int64())


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _publish() -> None:
    """D50 as live segments of one team; the runs that publishing asks for are left to the benches."""
    team = Team.objects.create(key="bench", name="Benchmarks")
    owner = User.objects.create_user("bench@registry.example")
    set_role(actor=INSTALLATION, team=team, user=owner, role=Role.EDITOR.value)
    with transaction.atomic():
        for question in suite.load():
            segment = services.create_segment(
                actor=INSTALLATION,
                key=question.key,
                name=question.key,
                team=team,
                unit=question.unit.value,
                owner=owner,
                decision="How fast this is.",
                review_on=(clock.now() + timedelta(days=365)).date(),
            )
            version = services.save_version(segment=segment, definition=dict(question.document), actor=INSTALLATION)
            services.publish(version=version, actor=INSTALLATION)
        Run.objects.all().delete()
