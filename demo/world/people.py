"""The people of the companies, and readers of the newsletter who belong to none."""

from dataclasses import dataclass
from functools import cached_property
from random import Random
from unicodedata import normalize

from demo.world import DAYS, PEOPLE, SEED
from demo.world.companies import Company
from demo.world.names import COUNTRIES, ROLES

INTERESTS = ("invoicing", "time tracking", "integrations", "tax", "payroll", "reports")
CHANNELS = ("search", "search", "recommendation", "webinar", "advertisement", "partner")
LANGUAGES = {"DE": "de", "FR": "fr", "NL": "nl", "SE": "sv", "PL": "pl", "ES": "es"}
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class Mood:
    """From which day on the people of a company come less often, or not at all; never, if nothing is said."""

    fading_from: int = DAYS + 1
    silent_from: int = DAYS + 1


@dataclass
class Person:
    """One person. Days are counted as `demo.world` says; `rate` is log-ins on a usual day while they are active."""

    number: int
    company: Company | None
    country: str
    first: str
    last: str
    role: str
    joined: int
    quiet_from: int
    fading_from: int
    rate: float
    sends_invoices: bool
    newsletter: bool
    birthday: str | None
    channel: str
    interests: list[str]

    @cached_property
    def key(self) -> str:
        return f"u-{self.number:05d}"

    @cached_property
    def email(self) -> str | None:
        """An address at a domain that can never exist; a few people have given none."""
        if self.number % 33 == 0:
            return None
        name = (
            normalize("NFKD", f"{self.first}.{self.last}".lower().translate(_PLAIN)).encode("ascii", "ignore").decode()
        )
        domain = self.company.domain if self.company else f"mail-{self.number % 7}.example"
        return f"{name}.{self.number}@{domain}"

    @property
    def language(self) -> str:
        return LANGUAGES.get(self.country, "en")

    @property
    def is_owner(self) -> bool:
        """Whether they are who signs contracts for their company."""
        return self.role == ROLES[0]

    def active_until(self) -> int:
        """The first day on which they no longer log in."""
        return min(self.quiet_from, self.company.active_until() if self.company else 0)


def people(companies: list[Company]) -> list[Person]:
    """Everybody, the people of a company one after the other, its owner first."""
    made: list[Person] = []
    for company in companies:
        random = Random(f"{SEED}/people/{company.number}")  # noqa: S311  (the same people each time, nothing secret)
        mood = _mood(random)
        so_far = len(made) + 1
        made += [_person(random, so_far + place, company, place, mood) for place in range(company.people)]
    random = Random(f"{SEED}/readers")  # noqa: S311  (as above)
    while len(made) < PEOPLE:
        made.append(_person(random, len(made) + 1, None, 1, Mood()))
    return made


def colleagues_of(company: Company, first: int, count: int) -> list[Person]:
    """The people of a company by itself, numbered from `first` on, the owner first."""
    random = Random(f"{SEED}/people/{company.number}")  # noqa: S311  (as above)
    return [_person(random, first + place, company, place, Mood()) for place in range(count)]


def _mood(random: Random) -> Mood:
    chance = random.random()
    if chance < 0.06:
        return Mood(fading_from=DAYS - random.randrange(20, 34))
    return Mood(silent_from=DAYS - random.randrange(6, 50)) if chance < 0.14 else Mood()


def _person(random: Random, number: int, company: Company | None, place: int, mood: Mood) -> Person:
    country = company.country if company else random.choice([*COUNTRIES])
    joined = _joined(random, company, place)
    quiet = random.random() < 0.2
    return Person(
        number=number,
        company=company,
        country=country,
        first=random.choice(COUNTRIES[country].first),
        last=random.choice(COUNTRIES[country].last),
        role=ROLES[0] if place == 0 else random.choice(ROLES[1:]),
        joined=joined,
        quiet_from=min(mood.silent_from, random.randrange(joined, DAYS + 60) if quiet else DAYS + 1),
        fading_from=mood.fading_from,
        rate=min(1.3, 0.035 * random.paretovariate(1.15)),
        sends_invoices=random.random() < 0.93,
        newsletter=random.random() < 0.56 or company is None,
        birthday=_birthday(random) if company and random.random() < 0.3 else None,
        channel=random.choice(CHANNELS),
        interests=random.sample(INTERESTS, random.choice((0, 1, 1, 2, 3))),
    )


def _joined(random: Random, company: Company | None, place: int) -> int:
    """The first with the company's trial, colleagues some time after; readers and prospects whenever they liked."""
    if company is None or company.signed_up is None:
        return DAYS - int(700 * random.random() ** 1.2)
    if place == 0:
        return company.signed_up
    wanted, end = company.signed_up + int(random.expovariate(1 / 90)), min(company.active_until(), DAYS + 1)
    return wanted if wanted < end else random.randrange(company.signed_up, max(company.signed_up + 1, end))


def _birthday(random: Random) -> str:
    return f"{random.randrange(1962, 2003)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
