"""The import of profiles or companies: survey the input, agree on types, then write it in portions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

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
from profiles.ingest.rows import Outcome, Prepared, portions
from profiles.ingest.scratch import scratch
from profiles.ingest.summary import Summary
from profiles.ingest.survey import Survey
from profiles.models import Unit

MANY = 1_000
"""So many new rows leave the database's statistics wrong."""

failpoints.declare("import.written")


@dataclass(frozen=True, slots=True)
class Target:
    """What an import of traits writes, and how: prepare a chunk, write a portion of rows with different ids."""

    kind: Kind
    unit: str
    prepare: Callable[[str, int, Named, Mapping[Owned, Reading]], Prepared]
    write: Callable[[pa.Table], Outcome]


PROFILES = Target(PEOPLE, Unit.PROFILE.value, people.prepare, people.write)
COMPANY_FILES = Target(COMPANIES, Unit.COMPANY.value, companies.prepare, companies.write)


@dataclass(slots=True)
class TraitImport:
    """One command's import of profiles or companies."""

    target: Target
    source: Input
    repeats: Repeats
    rejects: Rejects
    read: int = 0
    total: Outcome = field(default_factory=Outcome)

    def survey(self, planner: Planner) -> Survey:
        """Read everything once."""
        survey = Survey(planner.settled)
        for file, chunk in read_ahead(self.source.check()):
            missing = missing_roles(self.target.kind, chunk.roles, ["external_id"])
            if missing and isinstance(chunk.raws, Table):
                columns = ", ".join([*chunk.roles, *chunk.fields])
                raise ImportRefusedError(
                    f"{file} has no column {missing[0]}; say which one holds the id with --id COLUMN. It has: {columns}"
                )
            self.repeats.add(read_ids("external_id", chunk, {}))
            survey.add("", chunk.fields, chunk.lines, typed=chunk.typed)
            survey.rows += len(chunk.lines) + len(chunk.broken)
        self.repeats.settle()
        return survey

    def write(self, readings: Mapping[Owned, Reading]) -> int:
        """Write everything; answers how many rows a later one of the same id superseded."""
        with Aside(self.repeats.folder, self.repeats.groups) as aside, Copier() as copier:
            for rows in portions(self._once(readings, aside)):
                self._write(rows, copier)
            last = 0
            for rows in portions(aside.last_ones()):
                last += rows.num_rows
                self._write(rows, copier)
            copier.take_over()
        if self.total.new >= MANY:
            execute("ANALYZE profiles_profile, profiles_identity, profiles_company")
        return aside.rows - last

    def _once(self, readings: Mapping[Owned, Reading], aside: Aside) -> Iterator[pa.Table]:
        """The good rows whose id comes but once; the others go aside."""
        for prepared, first in read_ahead(self._prepared(readings)):
            self.read += prepared.count + prepared.broken
            for refusal in prepared.refusals:
                self.rejects.add(refusal)
            yield aside.part(prepared.rows, self.repeats.among(first, prepared.count))

    def _prepared(self, readings: Mapping[Owned, Reading]) -> Iterator[tuple[Prepared, int]]:
        first = 0
        for file, chunk in self.source.again():
            prepared = self.target.prepare(file, first, chunk, readings)
            yield prepared, first
            first += prepared.count

    def _write(self, rows: pa.Table, copier: Copier) -> None:
        copier.make_room(rows.num_rows)
        outcome = self.target.write(rows)
        failpoints.reach("import.written")
        for refusal in outcome.refusals:
            self.rejects.add(refusal)
        self.total.add(outcome)


def run(target: Target, options: Options, rejects: Rejects, agreement: Agreement) -> Summary:
    """Import all files. Raises `ImportRefusedError` or `WrongUseError` before anything is written."""
    namer = Namer(target.kind, options)
    with scratch() as folder, Repeats(folder) as repeats:
        source = Input(options, namer, agreement.tell, folder)
        work = TraitImport(target, source, repeats, rejects)
        planner = Planner.of(target.unit, options, namer)
        survey = work.survey(planner)
        survey.check(options, namer, agreement.say)
        plan = planner.plan(survey.evidence)
        agreement.reach(plan, options)
        superseded = work.write(plan.readings)
    total = work.total
    extra = {"rows superseded by a later row of the same id": superseded} if superseded else {}
    if target.unit == Unit.PROFILE and total.unknown_companies:
        extra["companies named but unknown"] = len(total.unknown_companies)
    return Summary(target.kind.what, work.read, total.new, total.changed, total.unchanged, rejects, extra)
