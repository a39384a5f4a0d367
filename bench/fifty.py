"""A definition with 50 leaves, such as nobody should write and somebody will."""

from typing import Any

COUNTRIES = ("US", "DE", "GB", "FR", "NL", "AT", "CH", "ES", "IT", "PL")


def definition() -> dict[str, Any]:
    """Ten groups of five leaves: two traits, an event with a property, and an event that never came."""
    return {"unit": "profile", "rule": {"any": [_group(number, country) for number, country in enumerate(COUNTRIES)]}}


def _group(number: int, country: str) -> dict[str, Any]:
    path = {"property": "path", "op": "starts_with", "value": f"/{country.lower()}/"}
    return {
        "all": [
            {"trait": "country", "op": "eq", "value": country, "ignore_case": True},
            {"trait": "lifetime_value", "op": "between", "value": [100 * number, 100 * number + 250]},
            {
                "event": "page_viewed",
                "where": [path],
                "window": {"last": f"{7 + number} days"},
                "op": "gte",
                "value": 2,
            },
            {"not": {"event": "order_completed", "window": {"last": f"{30 + number} days"}}},
        ]
    }
