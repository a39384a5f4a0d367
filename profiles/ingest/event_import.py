"""The import of events: survey the input, agree on events and types, then write it in numbered batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest import event_writes
from profiles.ingest.agreement import Agreement
from profiles.ingest.ahead import read_ahead
from profiles.ingest.columns import Reading
from profiles.ingest.event_rows import NO_TIME, EventChunk, EventReader, event_names, fields_at, positions_by
from profiles.ingest.event_writes import Columns, Portion
from profiles.ingest.inputs import Input
from profiles.ingest.lake import Copier
from profiles.ingest.message_ids import contents
from profiles.ingest.naming import EVENTS, Named, Namer, missing_roles
from profiles.ingest.options import Options
from profiles.ingest.plan import Plan, Planner
from profiles.ingest.readers import Table
from profiles.ingest.reading import Reasons, read_ids
from profiles.ingest.refusals import ImportRefusedError
from profiles.ingest.rejects import Rejects
from profiles.ingest.repeats import Repeats
from profiles.ingest.rows import Outcome
from profiles.ingest.scratch import scratch
from profiles.ingest.summary import Summary
from profiles.ingest.survey import Survey
from profiles.models import TraitType

PORTION = 100_000
MOST_EVENTS = 1_000


@dataclass(slots=True)
class EventImport:
    """One command's import of events."""

    options: Options
    namer: Namer
    source: Input
    repeats: Repeats

    def survey(self, planner: Planner) -> tuple[Survey, list[str]]:
        """Read everything once; answers what was seen, and the names of the events."""
        survey = Survey(planner.settled)
        names: dict[str, None] = {}
        for file, chunk in read_ahead(self.source.check()):
            self._check_columns(file, chunk)
            found = positions_by(event_names(chunk, self.options.event, {}))
            names.update(dict.fromkeys(found))
            if len(names) > MOST_EVENTS:
                raise ImportRefusedError(
                    f"{file} has more than {MOST_EVENTS} different events; is the right column the event's name?"
                )
            if not survey.rows:
                self._check_times(file, chunk)
            self._remember(chunk)
            survey.see_times(chunk.roles.get("timestamp", []), typed=chunk.typed)
            for name, positions in found.items():
                lines = [chunk.lines[position] for position in positions.to_pylist()]
                survey.add(name, fields_at(chunk, positions), lines, typed=chunk.typed)
            survey.rows += len(chunk.lines) + len(chunk.broken)
        self.repeats.settle()
        return survey, list(names)

    def _check_columns(self, file: str, chunk: Named) -> None:
        if not isinstance(chunk.raws, Table):
            return
        needed = ["timestamp"] if self.options.event is not None else ["event", "timestamp"]
        missing = missing_roles(EVENTS, chunk.roles, needed)
        if not {"user_id", "anonymous_id", "company_id"} & set(chunk.roles):
            missing.append("user_id, anonymous_id or company_id")
        if missing:
            columns = ", ".join([*chunk.roles, *chunk.fields])
            raise ImportRefusedError(
                f"{file} has no column {' and no '.join(missing)}; say which it is with --map COLUMN=NAME"
                f" (the event's name for the whole file with --event NAME). It has: {columns}"
            )

    def _check_times(self, file: str, chunk: Named) -> None:
        """Refuse an input of whose first rows none has a timestamp that can be read: no later one will."""
        reasons: Reasons = {}
        times = EventReader({}, self._time(), self.options.event).times(chunk, reasons)
        if len(times) and times.null_count == len(times):
            why = reasons[0][0] if reasons else NO_TIME
            raise ImportRefusedError(
                f"{file}, line {chunk.lines[0]}: {why}. None of the first {len(times)} rows has a time"
                " that can be read; say which column it is with --map COLUMN=timestamp,"
                " and how to read it with --date COLUMN=PATTERN, such as %d/%m/%Y"
            )

    def _time(self) -> Reading:
        """How timestamps are read."""
        column = self.namer.column_of("timestamp")
        return Reading(TraitType.DATETIME, self.options.zone, date_form=self.options.date_forms.get(column))

    def _remember(self, chunk: Named) -> None:
        """The content of every row that has no message id of its own."""
        unnamed = pc.equal(read_ids("message_id", chunk, {}), "")
        if pc.any(unnamed).as_py():
            self.repeats.add(pc.if_else(unnamed, contents(chunk, self.options.event), None))
        else:
            self.repeats.add(pa.nulls(len(unnamed), pa.string()))

    def write(self, plan: Plan, rejects: Rejects) -> tuple[Outcome, int]:
        """Read everything again and write it; answers the sum and the number of rows read."""
        where = Columns.load()
        total, read, portion = Outcome(), 0, Portion()
        with Copier() as copier:
            for chunk in read_ahead(self._chunks(plan)):
                read += chunk.count + chunk.broken
                for refusal in chunk.refusals:
                    rejects.add(refusal)
                portion.add(chunk.tables)
                if portion.rows >= PORTION:
                    total.add(event_writes.write(portion, where))
                    copier.make_room(0)
                    portion = Portion()
            if portion.rows:
                total.add(event_writes.write(portion, where))
            copier.take_over()
        return total, read

    def _chunks(self, plan: Plan) -> Iterator[EventChunk]:
        reader = EventReader(plan.readings, self._time(), self.options.event)
        first = 0
        for file, chunk in self.source.again():
            yield reader.read(file, first, chunk, self.repeats.among(first, len(chunk.lines)))
            first += len(chunk.lines)


def run(options: Options, rejects: Rejects, agreement: Agreement) -> Summary:
    """Import all files. Raises `ImportRefusedError` or `WrongUseError` before anything is written."""
    namer = Namer(EVENTS, options)
    with scratch() as folder, Repeats(folder) as repeats:
        source = Input(options, namer, agreement.tell, folder)
        events = EventImport(options, namer, source, repeats)
        planner = Planner.of(None, options, namer)
        survey, names = events.survey(planner)
        survey.check(options, namer, agreement.say)
        plan = planner.plan(survey.evidence, names)
        agreement.reach(plan, options)
        total, read = events.write(plan, rejects)
    extra = {"new profiles from unknown user ids": total.new_profiles}
    if total.unknown_companies:
        extra["companies named but unknown"] = len(total.unknown_companies)
    return Summary("events", read, total.new, None, total.unchanged, rejects, extra)
