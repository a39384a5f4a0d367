"""The segments of Harbourline: what a marketer, a salesperson and a product manager would write."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wanted:
    """One segment to make: its contract and its rule. `team` and `owner` are keys of `demo.staff`."""

    key: str
    name: str
    team: str
    owner: str
    decision: str
    rule: dict[str, Any]
    unit: str = "profile"
    freshness_minutes: int = 15

    @property
    def definition(self) -> dict[str, Any]:
        return {"version": 1, "unit": self.unit, "timezone": "Europe/Berlin", "rule": self.rule}


PAYING = {"trait": "plan", "op": "in", "value": ["Team", "Business"]}
LAST_30 = {"last": "30 days"}

SEGMENTS = (
    Wanted(
        "newsletter-readers",
        "Newsletter readers",
        "marketing",
        "maya",
        "They get the monthly letter; nobody else does.",
        {"trait": "newsletter", "op": "eq", "value": True},
        freshness_minutes=60,
    ),
    Wanted(
        "gone-quiet",
        "Paying customers gone quiet",
        "marketing",
        "maya",
        "A personal note from their account manager, and no sales mail until they are back.",
        {"all": [PAYING, {"event": "Logged in", "op": "eq", "value": 0, "window": LAST_30}]},
    ),
    Wanted(
        "win-back",
        "Quiet newsletter readers",
        "marketing",
        "maya",
        "The win-back series of three letters instead of the monthly one.",
        {"all": [{"segment": "gone-quiet"}, {"segment": "newsletter-readers"}]},
    ),
    Wanted(
        "invoice-never-sent",
        "Wrote an invoice, never sent one",
        "product",
        "priya",
        "The editor shows them how to send, and support offers a call.",
        {"all": [{"event": "Invoice created"}, {"event": "Invoice sent", "op": "eq", "value": 0}]},
        freshness_minutes=5,
    ),
    Wanted(
        "power-users",
        "Power users",
        "product",
        "priya",
        "First to be asked for interviews and to get early access.",
        {
            "all": [
                {"event": "Logged in", "op": "gte", "value": 12, "window": LAST_30},
                {
                    "any": [
                        {"event": "Invoice sent", "op": "gte", "value": 2, "window": LAST_30},
                        {"event": "Project created", "window": LAST_30},
                    ]
                },
            ]
        },
    ),
    Wanted(
        "trial-not-started",
        "Trials that have not started",
        "product",
        "priya",
        "They get the guided tour instead of the empty start page.",
        {
            "all": [
                {"trait": "plan", "op": "eq", "value": "Trial"},
                {"trait": "signed_up_at", "op": "not_in_last", "value": "2 days"},
                {"event": "Invoice created", "op": "eq", "value": 0},
            ]
        },
        freshness_minutes=5,
    ),
    Wanted(
        "spent-500",
        "Paid over 500 euros this year",
        "sales",
        "jonas",
        "They are offered the yearly contract.",
        {
            "event": "Payment received",
            "measure": "sum",
            "of": "amount",
            "op": "gt",
            "value": 500,
            "window": {"last": "365 days"},
        },
    ),
    Wanted(
        "larger-companies",
        "Larger companies in retail and logistics",
        "sales",
        "jonas",
        "A named account manager calls before the renewal.",
        {
            "all": [
                {"trait": "employees", "op": "gte", "value": 50},
                {"trait": "industry", "op": "in", "value": ["Retail", "Logistics"]},
            ]
        },
        unit="company",
        freshness_minutes=60,
    ),
)
