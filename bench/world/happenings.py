"""A year of events: few profiles make most of them, in sessions, more of them lately."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.world.people import DAY_MS, END_MS, PLANS, company_of, external_ids, signed_up
from bench.world.shape import EVENTS
from bench.world.sizes import EVENT_DAYS, Size
from bench.world.streams import Numbers, below, chance, falling, instants, pareto, pick, raw, texts, unit

SESSION = 5
"""Events of one visit."""
MINUTE_MS = 60_000
SHOPPER = (300, 180, 100, 60, 80, 80, 45, 80, 35, 10, 5, 5, 4, 10, 6)
WORKER = (180, 20, 100, 220, 30, 10, 10, 60, 25, 220, 50, 35, 25, 10, 5)
"""How often each event of `EVENTS` comes, of a thousand."""
NAMING_COMPANY = frozenset({"feature_used", "report_created", "invoice_created", "invoice_sent"})

PATHS = ("/", "/features", "/blog", "/docs", "/pricing", "/pricing/enterprise", "/about", "/contact", "/login", "/jobs")
CAMPAIGNS = ("spring", "summer", "launch", "webinar", "win-back", "newsletter", "upgrade", "survey")
CATEGORIES = ("shoes", "shirts", "trousers", "jackets", "bags", "hats", "socks", "belts", "watches", "scarves")
FEATURES = ("export", "import", "dashboard", "share", "filter", "api", "comment", "alert", "template", "invite")


def event_counts(size: Size) -> Numbers:
    """How many events each profile has, first profile first; together exactly those of the size."""
    n = np.arange(1, size.profiles + 1, dtype=np.int64)
    weights = np.floor(pareto("activity", n, 1_500) * 1_000).astype(np.int64)
    borders = np.cumsum(weights)
    scaled = borders // 1_000 * size.events // int(borders[-1] // 1_000)
    return np.diff(scaled, prepend=0)


def events(size: Size, first: int, last: int) -> Iterator[tuple[str, pa.Table]]:
    """The events of the profiles numbered `first` to `last`: one table per event, as the rows of an import file."""
    counts = event_counts(size)
    before = int(counts[: first - 1].sum())
    counts = counts[first - 1 : last]
    profile = np.repeat(np.arange(first, last + 1, dtype=np.int64), counts)
    number = np.arange(before, before + len(profile), dtype=np.int64)
    position = number - before - np.repeat(np.cumsum(counts) - counts, counts)
    times = _times(profile, number, position)
    shopper = chance("shopper", profile, 550)
    kinds = np.where(shopper, pick("shopper kind", number, SHOPPER), pick("worker kind", number, WORKER))
    for kind, name in enumerate(EVENTS):
        chosen = np.nonzero(kinds == kind)[0]
        yield name, _table(size, name, number[chosen], profile[chosen], times[chosen])


def _times(profile: Numbers, number: Numbers, position: Numbers) -> Numbers:
    """Milliseconds since 1970. Nobody does anything before signing up, and four in ten have stopped coming."""
    tenure = np.minimum(END_MS - signed_up(profile), EVENT_DAYS * DAY_MS)
    stopped = np.where(chance("stopped", profile, 400), unit("stopped when", profile), 0.0) * tenure
    visit = profile * (1 << 24) + position // SESSION
    u = unit("visit", visit)
    age = stopped + u * np.sqrt(u) * (tenure - stopped)
    within = (position % SESSION) * (4 * MINUTE_MS) + below("pause", number, 20 * MINUTE_MS)
    earliest = END_MS - EVENT_DAYS * DAY_MS
    times: Numbers = np.clip(END_MS - np.floor(age).astype(np.int64) + within, earliest, END_MS - 1)
    return times


def _table(size: Size, name: str, number: Numbers, profile: Numbers, times: Numbers) -> pa.Table:
    unnamed = chance("names company", number, 700) if name in NAMING_COMPANY else np.ones(len(number), dtype=bool)
    columns: dict[str, Any] = {
        "user_id": external_ids("p", profile),
        "company_id": external_ids("c", pa.array(company_of(size, profile), mask=unnamed)),
        "timestamp": instants(times),
        "message_id": pc.binary_join_element_wise("m", pa.array(raw("message", number)).cast(pa.string()), ""),
    }
    return pa.table(columns | {key: PROPERTIES[key](number) for key in EVENTS[name]})


def _one_of(stream: str, values: tuple[str, ...], missing: int = 0) -> Callable[[Numbers], pa.Array]:
    shares = falling(len(values))
    return lambda number: texts(
        pick(stream, number, shares), values, chance(f"no {stream}", number, missing) if missing else None
    )


def _money(stream: str, least: float) -> Callable[[Numbers], pa.Array]:
    return lambda number: pa.array(np.floor(pareto(stream, number, 200) * least * 4) / 4)


def _whole(stream: str, limit: int, missing: int = 0) -> Callable[[Numbers], pa.Array]:
    return lambda number: pa.array(
        below(stream, number, limit).astype(np.float64), mask=chance(f"no {stream}", number, missing)
    )


PROPERTIES: Mapping[str, Callable[[Numbers], pa.Array]] = {
    "path": _one_of("path", PATHS),
    "referrer": _one_of("referrer", ("search", "direct", "social", "partner", "e-mail"), missing=300),
    "seconds": _whole("seconds", 600, missing=50),
    "category": _one_of("category", CATEGORIES),
    "price": _money("price", 9.5),
    "device": _one_of("device", ("desktop", "mobile", "tablet")),
    "method": _one_of("method", ("password", "google", "saml")),
    "query": _one_of("query", tuple(f"word {i}" for i in range(500))),
    "results": _whole("results", 12),
    "items": _whole("items", 8),
    "amount": _money("amount", 20),
    "total": _money("total", 24),
    "coupon": _one_of("coupon", ("WELCOME", "SPRING", "VIP", "FRIEND"), missing=750),
    "campaign": _one_of("campaign", CAMPAIGNS),
    "link": _one_of("link", ("/pricing", "/blog", "/webinar", "/unsubscribe")),
    "feature": _one_of("feature", FEATURES),
    "kind": _one_of("kind", ("revenue", "funnel", "cohort", "custom")),
    "currency": _one_of("currency", ("EUR", "USD", "GBP", "CHF")),
    "severity": _one_of("severity", ("low", "normal", "high", "urgent")),
    "topic": _one_of("topic", ("billing", "bug", "question", "access")),
    "from": _one_of("from", PLANS),
    "to": _one_of("to", PLANS),
    "monthly": _money("monthly", 12),
}
"""The values of each property; one of the same name is of the same kind in every event."""
