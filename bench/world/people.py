"""Profiles and companies, as the rows of import files."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.world.sizes import AS_OF, Size
from bench.world.streams import Numbers, below, chance, falling, instants, pareto, pick, raw, texts, unit

DAY_MS = 86_400_000
END_MS = int(AS_OF.timestamp()) * 1000

COUNTRIES = ("US", "DE", "GB", "FR", "NL", "AT", "CH", "ES", "IT", "PL", "SE", "BR")
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "sv", "pt")
PLANS = ("free", "trial", "team", "business", "enterprise")
PLAN_SHARES = (50, 12, 20, 12, 6)
LEVELS = ("", "Junior ", "Senior ", "Lead ", "Head of ", "VP ", "Chief ", "Director of ")
FIELDS = ("Marketing", "Sales", "Engineering", "Finance", "Product manager", "Account manager", "Support", "Operations")
TITLES = tuple(f"{level}{field}" for level in LEVELS for field in FIELDS)
INTERESTS = (
    "ads",
    "analytics",
    "crm",
    "data",
    "design",
    "e-mail",
    "events",
    "finance",
    "mobile",
    "retail",
    "seo",
    "sms",
)
INDUSTRIES = ("Software", "Retail", "Manufacturing", "Health", "Finance", "Education", "Media", "Logistics")
REGIONS = ("EMEA", "Americas", "APAC")
TIERS = ("standard", "silver", "gold", "strategic")


def external_ids(prefix: str, numbers: Numbers | pa.Array) -> pa.Array:
    """``p0000042``: the order of these texts is the order of the numbers."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def profiles(size: Size, first: int, last: int) -> pa.Table:
    """The profiles numbered `first` to `last`, from 1, with identifiers and their 12 traits."""
    n = np.arange(first, last + 1, dtype=np.int64)
    numbers = pa.array(n)
    columns: dict[str, Any] = {
        "external_id": external_ids("p", n),
        "email": pc.binary_join_element_wise("person", numbers.cast(pa.string()), "@customers.example", ""),
        "phone": pc.binary_join_element_wise("+49151", pc.utf8_lpad(numbers.cast(pa.string()), 8, "0"), ""),
        "company_id": external_ids("c", pa.array(company_of(size, n), mask=chance("alone", n, 300))),
        "country": texts(pick("country", n, falling(12)), COUNTRIES, chance("no country", n, 30)),
        "city": texts(pick("city", n, falling(200)), [f"City {i}" for i in range(200)], chance("no city", n, 100)),
        "language": texts(pick("language", n, falling(9)), LANGUAGES, chance("no language", n, 20)),
        "plan": texts(pick("plan", n, PLAN_SHARES), PLANS, chance("no plan", n, 10)),
        "job_title": texts(below("title", n, len(TITLES)), TITLES, chance("no title", n, 200)),
        "lifetime_value": _quarters(pareto("value", n, 2_000) * 60, chance("no value", n, 250)),
        "lead_score": pa.array(below("score", n, 101).astype(np.float64), mask=chance("no score", n, 150)),
        "seats": pa.array(np.floor(pareto("seats", n, 300)), mask=chance("no seats", n, 400)),
        "newsletter": pa.array(chance("newsletter", n, 450), mask=chance("no newsletter", n, 50)),
        "signed_up_at": instants(signed_up(n)),
        "birthday": instants(_birthdays(n), chance("no birthday", n, 400)),
        "interests": _interests(n),
    }
    return pa.table(columns)


def companies(size: Size) -> pa.Table:
    """All companies with their 6 traits."""
    n = np.arange(1, size.companies + 1, dtype=np.int64)
    since = END_MS - below("since", n, 3_000) * DAY_MS
    return pa.table(
        {
            "external_id": external_ids("c", n),
            "industry": texts(pick("industry", n, falling(8)), INDUSTRIES, chance("no industry", n, 80)),
            "region": texts(pick("region", n, (5, 4, 2)), REGIONS),
            "tier": texts(pick("tier", n, (70, 18, 9, 3)), TIERS, chance("no tier", n, 50)),
            "employees": pa.array(np.floor(pareto("employees", n, 3_000) * 12), mask=chance("no employees", n, 120)),
            "revenue": _quarters(pareto("revenue", n, 3_000) * 90_000, chance("no revenue", n, 300)),
            "customer_since": instants(since, chance("no since", n, 250)),
        }
    )


def company_of(size: Size, n: Numbers) -> Numbers:
    """The number of the company of each profile, whether it has one or not."""
    return 1 + below("company", n, size.companies)


def signed_up(n: Numbers) -> Numbers:
    """When each profile came, in milliseconds since 1970: more of them lately, three years at most ago."""
    u = unit("signed up", n)
    ago: Numbers = np.floor(u * np.sqrt(u) * (1095 * DAY_MS)).astype(np.int64)
    return END_MS - 1 - ago


def _birthdays(n: Numbers) -> Numbers:
    return (below("birthday", n, 45 * 365) - 10 * 365) * DAY_MS


def _quarters(amounts: Numbers, missing: Numbers) -> pa.Array:
    """Money in whole quarters: their sums are exact in doubles too, so that a rival may add doubles."""
    return pa.array(np.floor(amounts * 4) / 4, mask=missing)


def _interests(n: Numbers) -> pa.Array:
    """0 to 12 texts each, in order; null for some."""
    bits = raw("interests", n) & raw("interests again", n)
    has = ((bits[:, None] >> np.arange(len(INTERESTS), dtype=np.uint64)) & np.uint64(1)).astype(bool)
    offsets = np.concatenate([[0], np.cumsum(has.sum(axis=1))]).astype(np.int32)
    values = texts(np.nonzero(has)[1], INTERESTS)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(chance("no interests", n, 100)))
