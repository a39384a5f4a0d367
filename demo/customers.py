"""The customers of Harbourline: made from a seed, the same each time but for the day that counts as today.

Everything is an offset from midnight (UTC) of that day, so "in the last 30 days" holds people whenever the demo starts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unicodedata import normalize

SEED = 20_261
COMPANIES = 240
PEOPLE = 3_000
DAYS = 365

INDUSTRIES = ("Retail", "Logistics", "Software", "Education", "Construction", "Hospitality", "Health", "Design")
COUNTRIES = ("DE", "GB", "FR", "NL", "SE", "US", "PL", "ES")
COUNTRY_WEIGHTS = (24, 20, 13, 10, 8, 14, 6, 5)
PLANS = ("Free", "Trial", "Team", "Business")
PLAN_WEIGHTS = (40, 12, 33, 15)
PRICES = {"Free": 0.0, "Trial": 0.0, "Team": 29.0, "Business": 89.0}
ROLES = ("Owner", "Accountant", "Project lead", "Office manager", "Developer")
INTERESTS = ("invoicing", "time tracking", "integrations", "tax", "payroll", "reports")
FIRST = (
    "Ada",
    "Bruno",
    "Chloé",
    "Dimitri",
    "Elif",
    "Femke",
    "Giulia",
    "Håkon",
    "Inès",
    "Jonas",
    "Kaja",
    "Liam",
    "Maren",
    "Noor",
    "Oskar",
    "Paula",
    "Quentin",
)
LAST = (
    "Albrecht",
    "Bauer",
    "Castro",
    "Dubois",
    "Eriksen",
    "Fischer",
    "García",
    "Hughes",
    "Ivanov",
    "Jansen",
    "Kowalski",
    "Lindgren",
    "Moreau",
)
NAMES_A = ("North", "Blue", "Harbour", "Green", "Silver", "Old", "Bright", "Stone", "River", "Cedar", "Amber", "Field")
NAMES_B = ("Works", "Goods", "Studio", "Freight", "Labs", "Academy", "Builders", "Table", "Clinic", "Partners")
PAGES = ("/", "/pricing", "/features", "/docs/getting-started", "/blog/cash-flow", "/integrations", "/changelog")
DEVICES = ("web", "ios", "android")


@dataclass(frozen=True)
class Person:
    """One customer: the row of the import, and what drives their events."""

    row: dict[str, Any]
    plan: str
    joined_days_ago: int
    logins_per_week: float
    quiet_since_days: int


def instant(today: datetime, days_ago: float) -> str:
    """The instant so many days before `today`, as an import file writes it."""
    return (today - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def address(name: str) -> str:
    """An e-mail address on a domain that can never exist."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower()}@example.org"


def companies(random: Random) -> list[dict[str, Any]]:
    """The rows of the companies' import."""
    rows = []
    for number in range(COMPANIES):
        employees = int(min(9000, 4 + random.paretovariate(0.9) * 12))
        rows.append(
            {
                "external_id": f"c-{number + 1:04d}",
                "name": f"{random.choice(NAMES_A)} {random.choice(NAMES_B)} {number + 1}",
                "industry": random.choice(INDUSTRIES),
                "employees": employees,
                "country": random.choices(COUNTRIES, COUNTRY_WEIGHTS)[0],
                "tier": "Enterprise" if employees >= 500 else "Mid-market" if employees >= 50 else "Small",
            }
        )
    return rows


def people(random: Random, today: datetime, accounts: list[dict[str, Any]]) -> list[Person]:
    """The customers; a few belong to no company, a few have no e-mail, some went quiet."""
    made = []
    for number in range(PEOPLE):
        account = random.choice(accounts) if random.random() < 0.93 else None
        plan = random.choices(PLANS, PLAN_WEIGHTS)[0]
        joined = random.randrange(1, 21) if plan == "Trial" else int(random.triangular(5, 900, 60))
        first, last = random.choice(FIRST), random.choice(LAST)
        paid_months = joined / 30 if PRICES[plan] else 0
        row: dict[str, Any] = {
            "external_id": f"u-{number + 1:05d}",
            "email": address(f"{first}.{last}.{number + 1}") if random.random() < 0.96 else None,
            "company_id": account["external_id"] if account else None,
            "first_name": first,
            "last_name": last,
            "country": account["country"] if account else random.choice(COUNTRIES),
            "job_role": random.choice(ROLES),
            "plan": plan,
            "newsletter": random.random() < 0.58,
            "signed_up_at": instant(today, joined + random.random()),
            "lifetime_value": round(PRICES[plan] * paid_months * random.uniform(0.8, 1.4), 2),
            "interests": random.sample(INTERESTS, random.randrange(0, 4)),
        }
        quiet = random.randrange(20, 200) if random.random() < 0.28 else 0
        made.append(Person(row, plan, joined, min(9.0, 0.35 * random.paretovariate(1.2)), quiet))
    return made


def events(random: Random, today: datetime, everyone: list[Person]) -> Iterator[dict[str, Any]]:
    """What the customers did in the last year, as lines of the events' import."""
    for person in everyone:
        user = person.row["external_id"]
        for number, (name, days_ago, properties) in enumerate(_life(random, person), 1):
            yield {
                "event": name,
                "user_id": user,
                "timestamp": instant(today, days_ago),
                "message_id": f"{user}-{number}",
                "properties": properties,
            }


def _life(random: Random, person: Person) -> Iterator[tuple[str, float, dict[str, Any]]]:
    oldest = min(DAYS, person.joined_days_ago)
    day = float(oldest)
    while (day := day - random.expovariate(person.logins_per_week / 7)) > person.quiet_since_days:
        yield "Logged in", day, {"device": random.choice(DEVICES)}
        yield from _visit(random, person, day)
    if person.plan in ("Team", "Business") and oldest > 40:
        changed = random.uniform(5, oldest)
        before = "Free" if person.plan == "Team" else random.choice(("Free", "Team"))
        yield "Plan changed", changed, {"from": before, "to": person.plan}
    for month in range(int(oldest // 30)):
        if PRICES[person.plan]:
            yield "Payment received", month * 30 + random.random(), {"amount": PRICES[person.plan], "currency": "EUR"}


def _visit(random: Random, person: Person, day: float) -> Iterator[tuple[str, float, dict[str, Any]]]:
    minute = 1 / 1440
    if random.random() < 0.55:
        yield "Page viewed", day - 2 * minute, {"path": random.choice(PAGES)}
    if random.random() < 0.22:
        amount = round(random.lognormvariate(6, 1), 2)
        yield "Invoice created", day - 5 * minute, {"amount": amount}
        if random.random() < 0.8:
            yield "Invoice sent", day - 9 * minute, {"amount": amount}
    if person.plan != "Free" and random.random() < 0.12:
        yield "Project created", day - 12 * minute, {"template": random.choice(("blank", "retainer", "fixed price"))}
    if random.random() < 0.02:
        yield "Ticket opened", day - 15 * minute, {"priority": random.choice(("low", "normal", "high"))}
