"""Brings Harbourline's data in through the commands that anybody would use."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from demo import files, surveys
from demo.beginning import Beginning
from demo.world import DAYS
from demo.world.cast import Cast
from demo.world.events import PROPERTIES
from demo.world.rows import billing, company_row, person_row

LIST_EVERY = 3
"""Days between two lists of new people. What they do is known at once, who they are with the next list."""


def customers(beginning: Beginning, cast: Cast, day: int) -> None:
    """Companies and people as they were known at the end of a day."""
    folder, today = beginning.folder, beginning.today
    companies = [company_row(company, day, today) for company in cast.companies]
    _run("import_companies", files.write_rows(folder / "companies.csv", companies))
    people = [person_row(person, today) for person in cast.people if person.joined <= day]
    _run("import_profiles", files.write_rows(folder / "people.csv", people))


def events(folder: Path) -> None:
    """What the files of each source hold."""
    for source in PROPERTIES:
        _run("import_events", folder / f"{source}.csv", source)


def survey_answers(beginning: Beginning, cast: Cast) -> None:
    """What the survey tool has brought before it fell silent."""
    _run("import_profiles", surveys.people(beginning, cast), surveys.SOURCE)
    _run("import_events", surveys.answers(beginning, cast), surveys.SOURCE)


def survey_scores_taken_back(beginning: Beginning, cast: Cast) -> None:
    """What it has taken away since."""
    _run("import_profiles", surveys.taken_back(beginning, cast), surveys.SOURCE)


def changes(beginning: Beginning, cast: Cast, day: int) -> None:
    """What became known on one day: new contracts and payments; every few days, who came since the last list."""
    folder, today = beginning.folder, beginning.today
    turned = [company for company in cast.companies if day in company.turns]
    rows = [{"external_id": company.key, **billing(company, day, today)} for company in turned]
    if rows:
        _run("import_companies", files.write_rows(folder / f"billing-{DAYS - day:03d}.csv", rows))
    if (DAYS - day) % LIST_EVERY == 0:
        came = [person_row(person, today) for person in cast.people if day - LIST_EVERY < person.joined <= day]
        _run("import_profiles", files.write_rows(folder / f"people-{DAYS - day:03d}.csv", came))


def _run(command: str, file: Path, source: str = "crm") -> None:
    call_command(command, str(file), source=source, yes=True, stdout=StringIO(), stderr=StringIO())
