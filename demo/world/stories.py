"""The past year as events: each person's sittings, each company's looking around, the newsletter."""

from datetime import date, timedelta
from random import Random

from demo.world import DAY, DAYS, SEED, visits
from demo.world.cast import Cast
from demo.world.companies import TRIAL_DAYS, Company
from demo.world.contracts import contract
from demo.world.events import Log
from demo.world.people import Person
from demo.world.seasons import Calendar, second_of_day


def year(cast: Cast, today: date) -> Log:
    """Everything from the first day to the end of today, part of which is still to come."""
    log, calendar = Log(), Calendar(today)
    for person in cast.people:
        random = Random(f"{SEED}/year/{person.number}")  # noqa: S311  (the same year each time, nothing secret)
        if person.company and person.company.signed_up is not None:
            _work(log, random, calendar, person)
        else:
            _look_around(log, random, calendar, person)
    for company in cast.companies:
        random = Random(f"{SEED}/contract/{company.number}")  # noqa: S311  (as above)
        contract(log, random, company, cast.colleagues[company.number][0])
        _consider(log, random, calendar, company, cast.colleagues[company.number])
    _newsletter(log, cast, today)
    return log


def _work(log: Log, random: Random, calendar: Calendar, person: Person) -> None:
    """Sittings while they are active: more at the beginning, fewer once their company fades."""
    first, end = max(0, person.joined), min(person.active_until(), DAYS + 1)
    settled = max(first, min(end, person.joined + TRIAL_DAYS))
    days = calendar.some(random, first, settled, max(0.2, person.rate))
    days += calendar.some(random, settled, end, person.rate)
    for day in days:
        if day < person.fading_from or random.random() < 0.25:
            visits.sitting(log, random, person, day * DAY + second_of_day(random))
    if person.is_owner and person.joined >= 0:
        _set_up(log, random, person)


def _set_up(log: Log, random: Random, person: Person) -> None:
    """What the owner does in the first days: bring the old customers along, ask colleagues in."""
    if random.random() < 0.6:
        second = (person.joined + random.randrange(4)) * DAY + second_of_day(random)
        row = (person.key, "", second, random.choice(("csv", "excel")), random.randrange(8, 900))
        log.rows["Import finished"].append(row)
    for _ in range(random.randrange(4)):
        second = (person.joined + random.randrange(20)) * DAY + second_of_day(random)
        log.rows["Teammate invited"].append((person.key, "", second, random.choice(("member", "accountant"))))


def _look_around(log: Log, random: Random, calendar: Calendar, person: Person) -> None:
    """Visits of the website by somebody who has no account."""
    for day in calendar.some(random, max(0, person.joined), DAYS + 1, 0.012):
        visits.reading(log, random, person, day * DAY + second_of_day(random))


def _consider(log: Log, random: Random, calendar: Calendar, company: Company, people: list[Person]) -> None:
    """Before a trial and in it, whoever decides together looks at the prices together, on days near to each other."""
    if company.state(DAYS).status not in ("Prospect", "Trial"):
        return
    for day in calendar.some(random, max(0, company.signed_up or 0), DAYS, 0.025):
        there = [person for person in people if person.joined <= day]
        for person in random.sample(there, min(len(there), random.choice((1, 2, 2, 3)))):
            second = (day + random.randrange(2)) * DAY + second_of_day(random)
            log.rows["Page viewed"].append((person.key, "", second, "/pricing", "direct"))
            if random.random() < 0.12:
                log.rows["Demo requested"].append((person.key, "", second + 300, random.choice(visits.TOPICS)))


def _newsletter(log: Log, cast: Cast, today: date) -> None:
    """The letter goes out on the first Tuesday of a month; a third of its readers open it."""
    random = Random(f"{SEED}/newsletter")  # noqa: S311  (as above)
    readers = [person for person in cast.people if person.newsletter and person.email]
    for number in range(DAYS):
        day = today - timedelta(days=DAYS - number)
        if day.weekday() == 1 and day.day <= 7:
            there = [person for person in readers if person.joined < number]
            for person in random.sample(there, len(there) // 3):
                second = number * DAY + 28_800 + int(random.expovariate(1 / 30_000))
                log.rows["Newsletter opened"].append((person.key, "", second, f"{day:%B %Y}"))
