"""A company's contract as events of the billing system: trial, checkout, payments, changes, the end."""

from itertools import pairwise
from random import Random

from demo.world import DAY, DAYS
from demo.world.companies import LADDER, Company, State
from demo.world.events import Log
from demo.world.people import Person
from demo.world.seasons import second_of_day

METHODS = ("card", "card", "direct debit", "bank transfer")
FAILURES = ("card expired", "not enough money", "refused by the bank")


def contract(log: Log, random: Random, company: Company, owner: Person) -> None:
    """What happened from the first day on to a company that has signed up, through its owner."""
    if company.signed_up is None:
        return
    _append(log, random, "Trial started", company, owner, company.signed_up, ("Trial",))
    for before, after in pairwise(company.states):
        _turn(log, random, company, owner, before, after)
    for day, amount in company.payments:
        _payment(log, random, company, owner, day, amount)
    for _ in range(2 if random.random() < 0.25 else 0):  # looks at another plan, and thinks better of it
        _checkout(
            log, random, company, owner, random.randrange(max(0, company.signed_up), DAYS + 1), company.states[-1]
        )


def _turn(log: Log, random: Random, company: Company, owner: Person, before: State, after: State) -> None:
    if after.status == "Cancelled":
        _append(log, random, "Subscription cancelled", company, owner, after.day, (after.why, before.mrr))
        return
    if after.status == "Expired":
        if random.random() < 0.4:
            _checkout(log, random, company, owner, after.day - 1, before)
        return
    second = _checkout(log, random, company, owner, after.day, after)
    if second is None:
        return
    log.rows["Checkout completed"].append((owner.key, company.key, second + 400, after.plan, after.seats))
    if before.plan != after.plan:
        row = (before.plan, after.plan, direction(before.plan, after.plan), after.mrr - before.mrr)
        log.rows["Plan changed"].append((owner.key, company.key, second + 420, *row))


def direction(before: str, after: str) -> str:
    """Where a change of plans leads."""
    if before not in LADDER:
        return "first"
    return "up" if LADDER.index(after) > LADDER.index(before) else "down"


def _payment(log: Log, random: Random, company: Company, owner: Person, day: int, amount: int) -> None:
    """One in thirty fails, and is paid three days later."""
    if random.random() < 0.033:
        _append(log, random, "Payment failed", company, owner, day, (amount, "EUR", random.choice(FAILURES)))
        day += 3
    method = METHODS[company.number % len(METHODS)]
    _append(log, random, "Payment received", company, owner, day, (amount, "EUR", method))


def _checkout(log: Log, random: Random, company: Company, owner: Person, day: int, wanted: State) -> int | None:
    """The second at which a checkout was begun; None for one before the first day."""
    plan = wanted.plan if wanted.plan in LADDER else LADDER[0]
    return _append(log, random, "Checkout started", company, owner, day, (plan, max(2, wanted.seats)))


def _append(
    log: Log, random: Random, event: str, company: Company, owner: Person, day: int, values: tuple[object, ...]
) -> int | None:
    if not 0 <= day <= DAYS:
        return None
    second = day * DAY + second_of_day(random)
    log.rows[event].append((owner.key, company.key, second, *values))
    return second
