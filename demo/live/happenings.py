"""What may happen next, and how often: mostly somebody logs in, now and then a company changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from demo.live.outbox import Outbox
from demo.live.town import Town
from demo.world import visits
from demo.world.companies import LADDER, REASONS, Company, State
from demo.world.contracts import METHODS, direction
from demo.world.events import Log
from demo.world.people import Person

Happening = Callable[[Outbox, Random, Town, int], None]


def work(outbox: Outbox, random: Random, town: Town, second: int) -> None:
    """Somebody logs in and does what they came for."""
    log = Log()
    visits.sitting(log, random, town.worker(random), second)
    outbox.put_all(log)


def read(outbox: Outbox, random: Random, town: Town, second: int) -> None:
    """Somebody looks at the website."""
    log = Log()
    visits.reading(log, random, town.reader(random), second)
    outbox.put_all(log)


def compare_prices(outbox: Outbox, random: Random, town: Town, second: int) -> None:
    """Two or three people of one company look at the prices within some minutes."""
    company = town.company(random, "Prospect", "Trial")
    if company:
        log, people = Log(), town.people_of(company)
        for place, person in enumerate(random.sample(people, min(len(people), random.choice((2, 2, 3))))):
            log.rows["Page viewed"].append((person.key, "", second + 40 * place, "/pricing", "direct"))
        outbox.put_all(log)


def bring_along(outbox: Outbox, random: Random, town: Town, second: int) -> None:
    """The owner of a company in trial imports its customers."""
    company = town.company(random, "Trial")
    if company:
        log, owner = Log(), town.people_of(company)[0]
        log.rows["Import finished"].append((owner.key, "", second, "csv", random.randrange(8, 900)))
        outbox.put_all(log)


def check_out(outbox: Outbox, random: Random, town: Town, second: int) -> None:
    """A plan is chosen: the first one, the next one up, or more seats. Half of them leave it at that."""
    company = town.company(random, "Trial", "Customer", "Customer")
    if company is None:
        return
    before, owner, log = town.now[company.number], town.people_of(company)[0], Log()
    rung = LADDER.index(before.plan) + 1 if before.plan in LADDER else random.randrange(2)
    after = replace(before, status="Customer", plan=LADDER[min(rung, 2)], seats=before.seats + (rung > 2) * 2)
    log.rows["Checkout started"].append((owner.key, company.key, second, after.plan, after.seats))
    if random.random() < 0.5:
        done = second + random.randrange(60, 240)
        log.rows["Checkout completed"].append((owner.key, company.key, done, after.plan, after.seats))
        _become(outbox, log, town, company, after, done)
    outbox.put_all(log)


def step_down(outbox: Outbox, random: Random, town: Town, second: int) -> None:
    """A customer takes a smaller plan, or leaves."""
    company = town.company(random, "Customer")
    if company is None:
        return
    before, log = town.now[company.number], Log()
    rung = LADDER.index(before.plan)
    if rung and random.random() < 0.7:
        after = replace(before, plan=LADDER[rung - 1], seats=max(2, before.seats * 4 // 5))
    else:
        after = replace(before, status="Cancelled", plan="None", seats=0, why=random.choice(REASONS))
        row = (town.people_of(company)[0].key, company.key, second, after.why, before.mrr)
        log.rows["Subscription cancelled"].append(row)
    _become(outbox, log, town, company, after, second)
    outbox.put_all(log)


def pay(outbox: Outbox, random: Random, town: Town, second: int) -> None:
    """A month is paid; one payment in ten fails first."""
    company = town.company(random, "Customer")
    if company:
        owner, amount, log = town.people_of(company)[0].key, town.now[company.number].mrr, Log()
        if random.random() < 0.1:
            log.rows["Payment failed"].append((owner, company.key, second, amount, "EUR", "card expired"))
        else:
            log.rows["Payment received"].append((owner, company.key, second, amount, "EUR", random.choice(METHODS)))
        outbox.put_all(log)


def begin_trial(outbox: Outbox, random: Random, town: Town, second: int) -> None:
    """A company that nobody knew signs up, and looks around."""
    company = town.next_newcomer()
    if company is None:
        return
    state = company.states[0]
    people = town.settle(company, state)
    described = {
        "name": company.name,
        "industry": company.industry,
        "country": company.country,
        "employees": company.employees,
        "account_manager": company.manager,
    }
    outbox.put(second, "crm", _group(people[0], company, described))
    outbox.put(second, "billing", _group(people[0], company, _contract(state)))
    log = Log()
    log.rows["Trial started"].append((people[0].key, company.key, second, "Trial"))
    for place, person in enumerate(people):
        moment = second + 1 + place * random.randrange(10, 60)
        traits = _traits(person, company, moment)
        outbox.put(moment, "app", {"type": "identify", "userId": person.key, "traits": traits})
        log.rows["Logged in"].append((person.key, "", moment + 1, "web"))
    outbox.put_all(log)


def _become(outbox: Outbox, log: Log, town: Town, company: Company, after: State, second: int) -> None:
    """A company is something else from a moment on: its traits, and the event if its plan is another."""
    before, owner = town.now[company.number], town.people_of(company)[0]
    town.now[company.number] = after
    outbox.put(second, "billing", _group(owner, company, _contract(after)))
    if after.plan in LADDER and after.plan != before.plan:
        row = (before.plan, after.plan, direction(before.plan, after.plan), after.mrr - before.mrr)
        log.rows["Plan changed"].append((owner.key, company.key, second + 1, *row))


def _contract(state: State) -> dict[str, Any]:
    return {"status": state.status, "plan": state.plan, "seats": state.seats, "mrr": state.mrr}


def _group(person: Person, company: Company, traits: dict[str, Any]) -> dict[str, Any]:
    return {"type": "group", "userId": person.key, "groupId": company.key, "traits": traits}


def _traits(person: Person, company: Company, second: int) -> dict[str, Any]:
    return {
        "email": person.email,
        "company_id": company.key,
        "first_name": person.first,
        "last_name": person.last,
        "job_role": person.role,
        "language": person.language,
        "signed_up_at": (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).isoformat(),
    }


OFTEN: dict[Happening, float] = {
    work: 72,
    read: 15,
    pay: 4,
    compare_prices: 3,
    check_out: 3,
    bring_along: 1.5,
    begin_trial: 0.9,
    step_down: 0.4,
}
"""Of a hundred, so many are of each kind."""


def next_one(random: Random) -> Happening:
    """What happens next."""
    return random.choices([*OFTEN], [*OFTEN.values()])[0]
