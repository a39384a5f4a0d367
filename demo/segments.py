"""The segments of Harbourline: what a marketer, a salesperson and a product manager would write."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from profiles.models import Unit

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """One segment to make: its contract and its rule. `team` and `owner` are keys of `demo.staff`.

    `review_in` is how long from today it is looked at again; the past for one that is overdue. A `draft` is sent for
    review and not published.
    """

    key: str
    name: str
    team: str
    owner: str
    decision: str
    rule: dict[str, Any]
    freshness: timedelta
    unit: str = Unit.PROFILE
    review_in: timedelta = 80 * DAY
    draft: bool = False
    timezone: str = "Europe/Berlin"

    @property
    def definition(self) -> dict[str, Any]:
        return {"version": 1, "unit": self.unit, "timezone": self.timezone, "rule": self.rule}


CUSTOMER = {"trait": "status", "op": "eq", "value": "Customer"}
AT_A_CUSTOMER = {"trait": "company.status", "op": "eq", "value": "Customer"}
LAST_30 = {"last": "30 days"}

MARKETING = (
    Wanted(
        "newsletter-readers",
        "Newsletter readers",
        "marketing",
        "maya",
        "They get the monthly letter; nobody else does.",
        {"trait": "newsletter", "op": "eq", "value": True},
        timedelta(hours=1),
    ),
    Wanted(
        "checkout-left",
        "Checkout left for an hour",
        "marketing",
        "maya",
        "A short letter with the chosen plan and a link back, once; Sales calls from 20 seats on.",
        {
            "sequence": [
                {"event": "Checkout started"},
                {"event": "Checkout completed", "within": "1 hour", "absent": True},
            ],
            "window": {"last": "14 days"},
        },
        timedelta(seconds=30),
        review_in=9 * DAY,
    ),
    Wanted(
        "birthdays-ahead",
        "Birthdays in the next 7 days",
        "marketing",
        "maya",
        "Their account manager gets a reminder and writes a card by hand.",
        {
            "all": [
                {"trait": "birthday", "op": "anniversary_in_next", "value": "7 days"},
                AT_A_CUSTOMER,
            ]
        },
        timedelta(days=1),
        review_in=-12 * DAY,
    ),
    Wanted(
        "best-gone-quiet",
        "Best customers gone quiet",
        "marketing",
        "maya",
        "A personal note from the account manager, and no sales mail until they are back.",
        {
            "all": [
                CUSTOMER,
                {"trait": "lifetime_value", "op": "top_percent", "value": 20},
                {"event": "Logged in", "measure": "last_at", "op": "not_in_last", "value": "7 days"},
            ]
        },
        timedelta(minutes=15),
        unit=Unit.COMPANY,
    ),
    Wanted(
        "win-back",
        "Readers at best customers gone quiet",
        "marketing",
        "maya",
        "The win-back series of three letters instead of the monthly one.",
        {"all": [{"segment": "newsletter-readers"}, {"company": {"segment": "best-gone-quiet"}}]},
        timedelta(minutes=30),
    ),
)
SALES = (
    Wanted(
        "pricing-together",
        "Two people on the pricing page",
        "sales",
        "jonas",
        "The account manager offers a call on the same day: they are deciding.",
        {
            "all": [
                {"trait": "status", "op": "in", "value": ["Prospect", "Trial"]},
                {
                    "people": {
                        "event": "Page viewed",
                        "where": [{"property": "path", "op": "starts_with", "value": "/pricing"}],
                        "window": {"last": "7 days"},
                    },
                    "quantifier": {"at_least": 2},
                },
            ]
        },
        timedelta(seconds=15),
        unit=Unit.COMPANY,
        review_in=30 * DAY,
    ),
    Wanted(
        "renewals-at-risk",
        "Yearly renewals at risk",
        "sales",
        "jonas",
        "A named account manager calls before the renewal, with the last month's use at hand.",
        {
            "all": [
                CUSTOMER,
                {"trait": "contract", "op": "eq", "value": "yearly"},
                {"trait": "renewal_at", "op": "in_next", "value": "90 days"},
                {
                    "any": [
                        {"event": "Logged in", "measure": "change", "window": LAST_30, "op": "lte", "value": -0.25},
                        {"event": "Payment failed", "window": LAST_30},
                        {
                            "event": "Ticket opened",
                            "where": [{"property": "priority", "op": "eq", "value": "high"}],
                            "op": "gte",
                            "value": 2,
                            "window": LAST_30,
                        },
                    ]
                },
            ]
        },
        timedelta(hours=1),
        unit=Unit.COMPANY,
        review_in=21 * DAY,
    ),
    Wanted(
        "downgraded",
        "Plan downgraded",
        "sales",
        "jonas",
        "They are asked why, and offered the yearly price of the plan that they left.",
        {
            "event": "Plan changed",
            "where": [{"property": "direction", "op": "eq", "value": "down"}],
            "window": LAST_30,
        },
        timedelta(minutes=5),
        unit=Unit.COMPANY,
    ),
    Wanted(
        "large-trials",
        "Trials at larger companies",
        "sales",
        "jonas",
        "Not agreed yet: a visit within the first week, or a call?",
        {
            "all": [
                {"trait": "company.status", "op": "eq", "value": "Trial"},
                {"trait": "company.employees", "op": "gte", "value": 100},
            ]
        },
        timedelta(hours=1),
        draft=True,
    ),
)
PRODUCT = (
    Wanted(
        "trial-nothing-imported",
        "In trial and active, nothing imported",
        "product",
        "priya",
        "The start page shows the import first, and support offers to do it for them.",
        {
            "all": [
                {"trait": "company.status", "op": "eq", "value": "Trial"},
                {"event": "Logged in", "window": {"last": "7 days"}},
                {"not": {"company": {"event": "Import finished"}}},
            ]
        },
        timedelta(seconds=20),
    ),
    Wanted(
        "log-ins-halved",
        "Log-ins down by half",
        "product",
        "priya",
        "First to be asked for an interview; what they say decides the next quarter.",
        {
            "all": [
                AT_A_CUSTOMER,
                {"event": "Logged in", "measure": "change", "window": LAST_30, "op": "lte", "value": -0.5},
                {"event": "Logged in", "op": "gte", "value": 8, "window": {"last": "60 days"}},
            ]
        },
        timedelta(minutes=15),
        review_in=14 * DAY,
    ),
    Wanted(
        "detractors",
        "Gave us six or less",
        "product",
        "priya",
        "A product manager calls them before the next release is planned.",
        {"all": [AT_A_CUSTOMER, {"trait": "nps_score", "op": "lte", "value": 6}, {"event": "Survey answered"}]},
        timedelta(hours=1),
    ),
    Wanted(
        "active-now",
        "At work in the app right now",
        "product",
        "priya",
        "Maintenance waits while they are more than usual; they see the notice before it begins.",
        {"event": "Logged in", "window": {"last": "5 minutes"}},
        timedelta(seconds=10),
    ),
)
SEGMENTS = (*MARKETING, *SALES, *PRODUCT)
