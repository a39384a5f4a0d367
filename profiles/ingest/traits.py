"""The import of profiles or companies: survey the input, agree on types, then write it in portions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from lib import failpoints
from profiles.ingest import companies, people
from profiles.ingest.agreement import Agreement
from profiles.ingest.ahead import read_ahead
from profiles.ingest.aside import Aside
from profiles.ingest.columns import Reading
from profiles.ingest.database import execute
from profiles.ingest.inputs import Input
from profiles.ingest.lake import Copier
from profiles.ingest.naming import COMPANIES, PEOPLE, Kind, Named, Namer, missing_roles
from profiles.ingest.options import Options
from profiles.ingest.plan import Owned, Planner
from profiles.ingest.readers import Table
from profiles.ingest.reading import read_ids
from profiles.ingest.refusals import ImportRefusedError
from profiles.ingest.rejects import Rejects
from profiles.ingest.repeats import Repeats
from profiles.ingest.rows import Outcome, Prepared
from profiles.ingest.scratch import scratch
from profiles.ingest.summary import Summary
from profiles.ingest.survey import Survey
from profiles.models import Unit

PORTION = 10_000
MANY = 1_000
"""So many new rows are worth telling the planner of, before autovacuum does; else what comes next reads too much."""

failpoints.declare("import.written")


class TraitRow(Protocol):
    """A row of either kind."""

    @property
    def number(self) -> int:
        """Its place in the whole input, from 0."""
        ...


Row = TypeVar("Row", bound=TraitRow)


@dataclass(frozen=True, slots=True)
class Target(Generic[Row]):
    """What differs between profiles and companies."""

    kind: Kind
    unit: str
    make: Callable[..., Row]
    prepare: Callable[[str, int, Named, Mapping[Owned, Reading]], Prepared[Row]]
    write: Callable[[Sequence[Row]], Outcome]


PROFILES = Target(PEOPLE, Unit.PROFILE.value, people.PersonRow._make, people.prepare, people.write)
COMPANY_FILES = Target(COMPANIES, Unit.COMPANY.value, companies.CompanyRow._make, companies.prepare, companies.write)


def run(target: Target[Any], options: Options, rejects: Rejects, agreement: Agreement) -> Summary:
    """Import all files. Raises `ImportRefusedError` or `WrongUseError` before anything is written."""
    namer = Namer(target.kind, options)
    source = Input(options.files, options.encoding, namer, agreement.say)
    with scratch() as folder, Repeats(folder) as repeats:
        planner = Planner.of(target.unit, options, namer)
        survey = _survey(source, planner, repeats)
        survey.check(options, namer, agreement.say)
        plan = planner.plan(survey.evidence)
        agreement.reach(plan, options)
        total, read, superseded = _write_all(target, source, plan.readings, repeats, rejects)
    extra = {"rows superseded by a later row of the same id": superseded} if superseded else {}
    if target.unit == Unit.PROFILE and total.unknown_companies:
        extra["companies named but unknown"] = len(total.unknown_companies)
    return Summary(target.kind.what, read, total.new, total.changed, total.unchanged, rejects, extra)


def _survey(source: Input, planner: Planner, repeats: Repeats) -> Survey:
    survey = Survey(planner.settled)
    for file, chunk in read_ahead(source.chunks("checking")):
        missing = missing_roles(source.namer.kind, chunk.roles, ["external_id"])
        if missing and isinstance(chunk.raws, Table):
            columns = ", ".join([*chunk.roles, *chunk.fields])
            raise ImportRefusedError(
                f"{file} has no column {missing[0]}; say which one holds the id with --id COLUMN. It has: {columns}"
            )
        ids = read_ids("external_id", chunk.roles.get("external_id", [None] * len(chunk.lines)), {})
        repeats.add([one or None for one in ids])
        survey.add("", chunk.fields, chunk.lines, typed=chunk.typed)
        survey.rows += len(chunk.lines) + len(chunk.broken)
    repeats.settle()
    return survey


def _write_all(
    target: Target[Any], source: Input, readings: Mapping[Owned, Reading], repeats: Repeats, rejects: Rejects
) -> tuple[Outcome, int, int]:
    """Write everything; answers the sum, the rows read, and how many a later row of the same id superseded."""
    total, read = Outcome(), 0
    with Aside(repeats.folder, repeats.groups, target.make) as aside, Copier() as copier:
        for prepared, first in read_ahead(_prepared(target, source, readings)):
            read += prepared.count + prepared.broken
            for refusal in prepared.refusals:
                rejects.add(refusal)
            rows = aside.part(prepared.rows, repeats.among(first, prepared.count), lambda row: row.number)
            _write(target, copier, rows, total, rejects)
        last = 0
        for rows in aside.last_ones(lambda row: row.number, PORTION):
            last += len(rows)
            _write(target, copier, rows, total, rejects)
        copier.take_over()
        if total.new >= MANY:
            execute("ANALYZE profiles_profile, profiles_identity, profiles_company")
        return total, read, aside.rows - last


def _prepared(
    target: Target[Any], source: Input, readings: Mapping[Owned, Reading]
) -> Iterator[tuple[Prepared[Any], int]]:
    first = 0
    for file, chunk in source.chunks("importing"):
        prepared = target.prepare(file, first, chunk, readings)
        yield prepared, first
        first += prepared.count


def _write(target: Target[Any], copier: Copier, rows: Sequence[Any], total: Outcome, rejects: Rejects) -> None:
    if not rows:
        return
    copier.make_room(len(rows))
    outcome = target.write(rows)
    failpoints.reach("import.written")
    for refusal in outcome.refusals:
        rejects.add(refusal)
    total.add(outcome)
