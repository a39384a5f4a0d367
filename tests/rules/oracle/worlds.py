"""Random worlds, drawn from any `random.Random`: small, and full of borders."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.rules.oracle.calendar import EXACT, first_day, midnight, moved, read_duration, wall
from tests.rules.oracle.world import Company, Happening, Profile, Value, World

TYPES = ("text", "text", "number", "number", "number", "datetime", "datetime", "boolean", "list")
"""As often as they have operators."""
TRAITS = (
    "plan",
    "Plan Name",
    "größe",
    "it's",
    "a.b",
    "select",
    "x%",
    "1st",
    "tab\tname",
    "id",
    "u",
    "value",
    'q"q',
    "_",
    "%s",
)
EVENTS = (
    "login",
    "order",
    "order 2",
    "cart",
    "Käse",
    "user's",
    "login_1",
    "sequence_1",
    "e",
    "*x",
    "top_1",
    "events_1",
)
TEXTS = (
    "",
    "a",
    "A",
    "b",
    "ab",
    "AB",
    "aB",
    "a%",
    "a_b",
    "%",
    "_",
    "\\",
    "a\\b",
    "it's",
    '"',
    "ß",
    "SS",
    "ss",
    "straße",
    "STRASSE",
    "İ",
    "i",
    "I",
    "ı",
    "σ",
    "ς",
    "Σ",
    "ΑΣ",
    "ας",
    "K",
    "k",
    "é",
    "e\u0301",
    "😀",
    "a😀b",
    "x\ny",
    "\n",
    " ",
    "a ",
    "${a}",
    "{{a}}",
    "--",
    "/*",
    "*/",
    "\t",
    "abc",
    "abcabc",
    "aXb",
    "10",
    "1",
    "true",
    "null",
    "ǅ",
    "ẞ",
    "\u2028",
    "\ufeff",
    "a\r",
)
ALIKE = ("a", "A", "ab", "AB", "aB", "σ", "ς", "Σ", "i", "I", "İ", "ı")
SIGNS = (
    "%",
    "_",
    "\\",
    "'",
    '"',
    "a%b",
    "a_b",
    "a\\b",
    "it's",
    "o'b'",
    'say "a"',
    'a"b',
    "--",
    "/* a */",
    "${a}",
    "{{a}}",
)
NUMBERS = (
    0.0,
    1.0,
    -1.0,
    2.0,
    3.0,
    7.0,
    0.1,
    0.2,
    0.3,
    0.30000000000000004,
    1.5,
    -0.5,
    2.675,
    99.995,
    1e-7,
    5e-7,
    4.9e-7,
    1e11,
    999999999999.0,
    -999999999999.0,
    123456789.123456,
    0.0000005,
    1e-300,
    100.0,
    12.5,
    1.1,
    -2.25,
    1234.5,
    1e6,
)
MOMENTS = (
    ("2026-03-29T12:00:00+00:00", "Europe/Berlin"),
    ("2026-03-29T01:00:00+00:00", "Europe/Berlin"),
    ("2025-10-26T01:30:00+00:00", "Europe/Berlin"),
    ("2026-04-29T00:30:00+00:00", "Europe/Berlin"),
    ("2024-02-29T15:04:05.123456+00:00", "UTC"),
    ("2025-02-28T23:59:59.999999+00:00", "UTC"),
    ("2024-03-31T23:00:00+00:00", "America/New_York"),
    ("2026-11-01T06:30:00+00:00", "America/New_York"),
    ("2018-11-04T15:00:00+00:00", "America/Sao_Paulo"),
    ("2011-12-31T12:00:00+00:00", "Pacific/Apia"),
    ("2026-04-05T00:00:00+00:00", "Australia/Lord_Howe"),
    ("2026-01-01T00:00:00+00:00", "Asia/Kolkata"),
    ("2025-12-31T18:30:00+00:00", "Asia/Kolkata"),
    ("1970-01-02T00:00:00+00:00", "Europe/London"),
    ("2026-06-30T12:34:56.789+00:00", "Asia/Tehran"),
    ("1940-06-01T10:00:00+00:00", "Europe/Amsterdam"),
    ("2100-02-28T12:00:00+00:00", "Europe/Paris"),
    ("2026-03-08T07:00:00+00:00", "America/New_York"),
    ("2026-11-25T01:30:00+00:00", "Europe/Berlin"),
    ("2026-12-01T06:30:00+00:00", "America/New_York"),
    ("2026-11-01T15:00:00+00:00", "America/Havana"),
    ("2026-03-31T01:30:00+00:00", "Europe/Paris"),
    ("2025-05-31T20:15:00+00:00", "Asia/Kolkata"),
    ("2026-12-25T01:30:00+00:00", "Europe/Berlin"),
    ("2025-11-26T01:30:00+00:00", "Europe/Berlin"),
    ("2025-12-02T06:30:00+00:00", "America/New_York"),
    ("2027-11-07T15:00:00+00:00", "America/Havana"),
    ("2027-01-01T06:30:00+00:00", "America/New_York"),
)
DURATIONS = (
    "1 minute",
    "90 minutes",
    "1 hour",
    "5 hours",
    "1 day",
    "2 days",
    "7 days",
    "30 days",
    "1 week",
    "2 weeks",
    "1 month",
    "2 months",
    "3 months",
    "6 months",
    "13 months",
    "1 year",
)
WINDOWS: tuple[dict[str, Any], ...] = (
    *({"last": duration} for duration in DURATIONS),
    *({"days": number, "until": until} for number in (1, 2, 7, 30, 90) for until in ("today", "now")),
    *({kind: period} for kind in ("this", "previous") for period in ("day", "week", "month", "quarter", "year")),
)
WITHIN = ("1 minute", "30 minutes", "1 hour", "5 hours", "1 day", "2 days", "7 days", "1 week", "3 weeks")
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)


def draw_world(random: Random) -> World:
    """A world of 8 to 24 people, up to 6 companies and up to 90 events."""
    moment, zone = random.choice(MOMENTS)
    as_of = datetime.fromisoformat(moment)
    profile_traits = _types(random, random.sample(TRAITS, random.randint(3, 7)), TYPES)
    company_traits = _types(random, random.sample(TRAITS, random.randint(2, 4)), TYPES)
    shared = _types(random, random.sample(TRAITS, 4), TYPES)
    events = {name: _properties(random, shared) for name in random.sample(EVENTS, random.randint(2, 5))}
    edges = _some_edges(random, draw_edges(as_of, zone), zone)
    companies = [Company(10 + number, _values(random, company_traits, edges)) for number in range(random.randint(1, 6))]
    people = random.randint(8, 24)
    profiles = [
        Profile(100 + number, _company(random, companies), _values(random, profile_traits, edges))
        for number in range(people)
    ]
    world = World(as_of, zone, profile_traits, company_traits, events, profiles, companies, [])
    for number in range(random.randint(20, 90)):
        world.happenings.append(_happening(random, world, edges, number))
    world.happenings += [_copy(random, one) for one in random.sample(world.happenings, 4)]
    return world


def draw_edges(as_of: datetime, zone: str) -> list[datetime]:
    """Instants at which windows, days and periods begin or end."""
    edges = [as_of]
    for duration in DURATIONS:
        edges += [moved(as_of, duration, times, zone) for times in (-1, -1, -2)]
    edges += [moved(as_of, duration, 1, zone) for duration in DURATIONS[::4]]
    edges += [moved(as_of, duration, -1, zone) for duration in WITHIN]
    today = wall(as_of, zone).date()
    edges += [midnight(today + timedelta(days=days), zone) for days in (-30, -8, -7, -3, -2, -1, 0, 1)]
    for period in ("week", "month", "quarter", "year"):
        begin = first_day(today, period)
        edges += [midnight(begin, zone), midnight(first_day(begin - timedelta(days=1), period), zone)]
    return edges


def _some_edges(random: Random, edges: list[datetime], zone: str) -> list[datetime]:
    """A few, so that several events lie on each, and instants beside them that another reading would let in."""
    some = random.sample(edges, 9)
    beside = [edge + other for edge in some for other in (-DAY, DAY) if edge.day > 27]
    beside += [edge + other for edge in some if _clocks_change(edge, zone) for other in (-HALF_HOUR, HALF_HOUR)] * 2
    return [edges[0], *some, *some, *beside]


def _clocks_change(moment: datetime, zone: str) -> bool:
    """Whether they do within two hours, so that another reading of a wall clock would give another instant."""
    around = (moment - timedelta(hours=2), moment + timedelta(hours=2))
    return len({wall(one, zone) - one.replace(tzinfo=None) for one in around}) > 1


def draw_moment(random: Random, edges: list[datetime]) -> datetime:
    """Often on an edge or one microsecond beside it."""
    kind = random.random()
    if kind < 0.4:
        return random.choice(edges) + random.choice((-1, 0, 0, 1)) * MICROSECOND
    if kind < 0.85:
        return edges[0] - timedelta(seconds=random.randint(1, 40 * 86_400))
    if kind < 0.95:
        return edges[0] - timedelta(seconds=random.randint(1, 700 * 86_400))
    return edges[0] + timedelta(seconds=random.randint(0, 40 * 86_400))


def draw_value(random: Random, kind: str, edges: list[datetime]) -> Value:
    match kind:
        case "text":
            return _text(random)
        case "number":
            return (
                random.choice(NUMBERS)
                if random.random() < 0.45
                else float(random.randint(0, random.choice((2, 2, 40))))
            )
        case "boolean":
            return random.random() < 0.5
        case "datetime":
            return _birthday(random, edges[0]) if random.random() < 0.35 else draw_moment(random, edges)
        case _:
            texts = [_text(random) for _ in range(random.randint(0, 3))]
            return texts + texts[: random.random() < 0.2]


def _text(random: Random) -> str:
    kind = random.random()
    if kind < 0.3:
        return random.choice(TEXTS)
    if kind < 0.85:
        return random.choice(ALIKE) if kind < 0.6 else random.choice(SIGNS)
    return random.choice(TEXTS) + random.choice(TEXTS)


def _birthday(random: Random, as_of: datetime) -> datetime:
    """Around this day of some year, and often on 29 February."""
    year = random.randint(1901, 2099)
    if random.random() < 0.3:
        day = datetime(year - year % 4 if year - year % 4 != 1900 else 1904, 2, 29, tzinfo=UTC)
    else:
        around = as_of + timedelta(days=random.randint(-3, 40))
        day = datetime(year, around.month, min(around.day, 28), tzinfo=UTC)
    return day + random.choice((timedelta(), timedelta(days=1) - MICROSECOND, timedelta(hours=13)))


def _types(random: Random, names: list[str], types: tuple[str, ...]) -> dict[str, str]:
    return {name: random.choice(types) for name in names}


def _properties(random: Random, shared: dict[str, str]) -> dict[str, str]:
    """Some of the properties that events share; now and then one has another type here."""
    mine = {name: kind for name, kind in shared.items() if random.random() < 0.7}
    return {name: random.choice(TYPES) if random.random() < 0.1 else kind for name, kind in mine.items()}


def _values(random: Random, types: dict[str, str], edges: list[datetime]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, kind in types.items():
        if random.random() < 0.8:
            values[name] = draw_value(random, kind, edges)
        elif random.random() < 0.5:
            values[name] = None
    return values


def _company(random: Random, companies: list[Company]) -> int | None:
    kind = random.random()
    if kind < 0.75:
        return random.choice(companies).id
    return 99 if kind < 0.82 else None


def _happening(random: Random, world: World, edges: list[datetime], number: int) -> Happening:
    name = random.choice(list(world.event_properties))
    kind = random.random()
    busy = world.profiles[: max(2, len(world.profiles) // 2)]
    person = random.choice(busy if kind < 0.5 else world.profiles).id if kind < 0.9 else None
    if kind > 0.95:
        person = 999
    naming = random.random()
    company = None if naming < 0.6 else random.choice(world.companies).id if naming < 0.92 else 98
    properties = _values(random, world.event_properties[name], edges)
    before = random.choice(world.happenings) if world.happenings and random.random() < 0.3 else None
    if before is None:
        timestamp = draw_moment(random, edges)
    else:
        person, timestamp = before.person, before.timestamp + _wait(random)
    return Happening(name, person, company, timestamp, number, properties)


def _wait(random: Random) -> timedelta:
    """No time at all, or what a step may wait, often to the microsecond."""
    if random.random() < 0.4:
        return timedelta()
    number, unit = read_duration(random.choice(WITHIN))
    return EXACT[unit] * number + random.choice((-1, 0, 0, 1)) * MICROSECOND


def _copy(random: Random, original: Happening) -> Happening:
    """The same message again, from another source, a little different."""
    later = original.timestamp + timedelta(hours=random.randint(0, 5))
    return Happening(original.name, original.person, original.company, later, original.message_id, original.properties)
