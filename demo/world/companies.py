"""The companies that know Harbourline: from prospect and trial to customers who grow, shrink, and leave."""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from demo.world import COMPANIES, DAYS, PEOPLE, SEED
from demo.world.names import COUNTRIES, ENDINGS, INDUSTRIES, STEMS

PROSPECTS = 150
TRIAL_DAYS = 14
PRICES = {"Starter": 12, "Team": 24, "Business": 42}
"""Euros for a seat and month."""
LADDER = tuple(PRICES)
LEADS = 900
"""People who belong to no company: readers of the newsletter."""
MANAGERS = ("Jonas Weber", "Lena Brandt", "Tomás Rivas")
REASONS = ("too expensive", "missing feature", "went out of business", "uses another tool", "no reason given")


@dataclass(frozen=True, slots=True)
class State:
    """What a company is from `day` on. `plan` is "None" for whoever pays nothing; `why`: why it left."""

    day: int
    status: str
    plan: str
    seats: int
    why: str = ""

    @property
    def mrr(self) -> int:
        """Euros a month."""
        return PRICES.get(self.plan, 0) * self.seats


@dataclass
class Company:
    """One company. `states` is its life, the oldest first; `signed_up` is the day of its trial (None: a prospect)."""

    number: int
    name: str
    country: str
    industry: str
    employees: int
    manager: str
    people: int
    signed_up: int | None
    yearly: bool
    states: list[State] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"c-{self.number:04d}"

    @property
    def domain(self) -> str:
        """A domain that can never exist."""
        return f"{self.name.split()[0].lower()}-{self.number}.example"

    def state(self, day: int) -> State:
        """What it is on a day."""
        return self.states[max(0, bisect_right(self.states, day, key=lambda state: state.day) - 1)]

    def active_until(self) -> int:
        """The first day on which nobody works with Harbourline any more; after `DAYS` for whoever still may."""
        last = self.states[-1]
        return last.day if last.status in ("Cancelled", "Expired") else DAYS + 1

    @property
    def term(self) -> int:
        """Days between two payments."""
        return 365 if self.yearly else 30

    @cached_property
    def payments(self) -> list[tuple[int, int]]:
        """The day and the euros of each, the oldest first; a change of plan or seats begins a new term."""
        found: list[tuple[int, int]] = []
        for state, after in zip(self.states, [*self.states[1:], None], strict=True):
            if state.mrr:
                amount = state.mrr * (12 if self.yearly else 1)
                found += [(day, amount) for day in range(state.day, after.day if after else DAYS + 1, self.term)]
        return found

    @cached_property
    def turns(self) -> frozenset[int]:
        """The days on which what the billing system says of it changes."""
        return frozenset([*(state.day for state in self.states), *(day for day, _ in self.payments)])

    def paid_by(self, day: int) -> int:
        """Euros it has paid until the end of a day."""
        return sum(amount for paid_on, amount in self.payments if paid_on <= day)

    def renewal(self, day: int) -> int | None:
        """The day, after `day`, on which its contract is renewed."""
        now = self.state(day)
        return now.day + ((day - now.day) // self.term + 1) * self.term if now.mrr else None


def companies() -> list[Company]:
    """All companies, each the same whatever becomes of the others."""
    made = [_company(number) for number in range(1, COMPANIES + 1)]
    share = (PEOPLE - LEADS - 2 * COMPANIES) / sum(company.employees**0.62 for company in made)
    for company in made:
        company.people = 2 + round(share * company.employees**0.62)
    made[-1].people += PEOPLE - LEADS - sum(company.people for company in made)
    for company in made:
        company.states = _life(company)
    return made


def newcomer(number: int) -> Company:
    """A company that begins its trial now; numbered after those of the stories."""
    company = _company(number)
    company.people, company.signed_up = 3, DAYS
    company.states = [State(DAYS, "Trial", "Trial", 3)]
    return company


def _company(number: int) -> Company:
    random = Random(f"{SEED}/company/{number}")  # noqa: S311  (the same company each time, nothing secret)
    country = random.choices([*COUNTRIES], [country.share for country in COUNTRIES.values()])[0]
    place = random.randrange(len(INDUSTRIES))
    stem, ending = STEMS[number % len(STEMS)], random.choice(ENDINGS)
    name = f"{stem}{ending} {COUNTRIES[country].trades[place]} {random.choice(COUNTRIES[country].forms)}"
    return Company(
        number=number,
        name=name,
        country=country,
        industry=INDUSTRIES[place],
        employees=int(min(6_000, max(3, random.lognormvariate(3.9, 1.2)))),
        manager=random.choice(MANAGERS),
        people=0,
        signed_up=None if number <= PROSPECTS else DAYS - int(1_050 * random.random() ** 1.25),
        yearly=random.random() < 0.35,
    )


def _life(company: Company) -> list[State]:
    """From the trial to today."""
    random = Random(f"{SEED}/life/{company.number}")  # noqa: S311  (as above)
    if company.signed_up is None:
        return [State(-10_000, "Prospect", "None", 0)]
    began = company.signed_up
    states = [State(began, "Trial", "Trial", max(2, company.people // 2))]
    decided = began + random.choice((5, 9, 12, TRIAL_DAYS, TRIAL_DAYS))
    if random.random() > 0.78:
        return [*states, State(began + TRIAL_DAYS, "Expired", "None", 0)]
    states.append(State(decided, "Customer", _first_plan(random, company.employees), max(2, company.people * 2 // 3)))
    for month in range(1, (DAYS - decided) // 30 + 1):
        day = decided + month * 30 - random.randrange(30)
        if day > states[-1].day and (after := _change(random, company, states[-1], day)):
            states.append(after)
            if after.status == "Cancelled":
                break
    return states


def _first_plan(random: Random, employees: int) -> str:
    weights = (70, 27, 3) if employees < 25 else (22, 60, 18) if employees < 120 else (5, 40, 55)
    return random.choices(LADDER, weights)[0]


def _change(random: Random, company: Company, now: State, day: int) -> State | None:
    """What a month brings, if anything: it leaves, moves up or down the ladder, or takes more seats."""
    chance, rung = random.random(), LADDER.index(now.plan)
    if chance < 0.013:
        return State(day, "Cancelled", "None", 0, random.choice(REASONS))
    if chance < 0.031 and rung < len(LADDER) - 1:
        return State(day, "Customer", LADDER[rung + 1], now.seats)
    if chance < 0.062 and rung > 0:
        return State(day, "Customer", LADDER[rung - 1], max(2, now.seats * 4 // 5))
    if chance < 0.12 and now.seats < company.people:
        return State(day, "Customer", now.plan, min(company.people, now.seats + 1 + now.seats // 6))
    return None
