"""Four people of two companies, so small that every number can be checked by hand. `AS_OF` is its evening."""

from datetime import UTC, datetime, timedelta
from typing import Any

from profiles.models import Profile
from tests.segments import data

AS_OF = datetime(2026, 3, 31, 18, tzinfo=UTC)
AS_OF_TEXT = "2026-03-31T18:00:00Z"

OFTEN = {"event": "logged_in", "op": "gte", "value": 5, "window": {"last": "30 days"}}
PAID = {"trait": "plan", "op": "eq", "value": "Paid"}
LARGE = {"trait": "company.size", "op": "gte", "value": 100}


def build() -> dict[str, Profile]:
    """ann (Acme, paid, 3 log-ins), bob (Acme, free, 6), cat (Tiny, paid, none), dan (no company, no plan, 1)."""
    data.make_trait("plan", "text", label="Plan")
    data.make_trait("interests", "list")
    data.make_trait("size", "number", unit="company")
    data.make_trait("renewal_at", "datetime", unit="company")
    logged_in = data.make_event_type("logged_in", device="text")
    data.make_event_type("bought", amount="number")
    acme = data.make_company("acme", size=250.0, renewal_at="2026-05-01T00:00:00.000000Z")
    tiny = data.make_company("tiny", size=3.0)
    people = {
        "ann": data.make_profile("ann", company=acme, plan="Paid", interests=["golf", "tennis"]),
        "bob": data.make_profile("bob", company=acme, plan="Free"),
        "cat": data.make_profile("cat", company=tiny, plan="Paid"),
        "dan": data.make_profile(None, email="dan@example.com"),
    }
    for name, times in (("ann", 3), ("bob", 6), ("dan", 1)):
        for day in range(1, times + 1):
            data.make_event(logged_in, people[name], AS_OF - timedelta(days=day), device="phone")
    return people


def definition(rule: dict[str, Any], unit: str = "profile") -> dict[str, Any]:
    return {"unit": unit, "rule": rule}
