"""The catalogue of a made-up company that the tests of the language share."""

from segments.rules.catalogue import Catalogue, EventType, Field, SegmentEntry, Type, Unit

EVERYONE = {"unit": "profile", "rule": {"everyone": True}}
EVERY_COMPANY = {"unit": "company", "rule": {"everyone": True}}


def fields(**types: str) -> dict[str, Field]:
    """Fields by key, each in a column of its own name."""
    return {key: Field(key, Type(type_), key) for key, type_ in types.items()}


def event(name: str, **types: str) -> EventType:
    """An event with properties, in a table of its own name."""
    return EventType(name, name.lower().replace(" ", "_"), fields(**types))


EVENTS = (
    event("logged_in", device="text", minutes="number"),
    event("page_viewed", path="text", seconds="number", tags="list"),
    event("order_completed", total="number", coupon="text", gift="boolean", delivered_at="datetime", items="list"),
    event("order_refunded", total="number", reason="text"),
    event("invoice_created", amount="number"),
    event("invoice_sent", amount="number"),
    event("report_created"),
    event("export_finished"),
    event("cart_updated", total="number"),
    event("import_finished", rows="number", total="text"),
    event("plan_changed", direction="text"),
    event("Created project"),
    event("trial_started"),
)

SEGMENTS = (
    SegmentEntry("vips", Unit.PROFILE, EVERYONE),
    SegmentEntry("quiet", Unit.PROFILE, {"unit": "profile", "rule": {"segment": "vips"}}),
    SegmentEntry("paused_one", Unit.PROFILE, EVERYONE),
    SegmentEntry("draft_one", Unit.PROFILE, None),
    SegmentEntry("retired_one", Unit.PROFILE, EVERYONE, usable=False),
    SegmentEntry("target_accounts", Unit.COMPANY, EVERY_COMPANY),
    SegmentEntry("ring_a", Unit.PROFILE, {"unit": "profile", "rule": {"segment": "ring_b"}}),
    SegmentEntry("ring_b", Unit.PROFILE, {"unit": "profile", "rule": {"not": {"segment": "ring_a"}}}),
    SegmentEntry("leads_to_ring", Unit.PROFILE, {"unit": "profile", "rule": {"segment": "ring_a"}}),
    SegmentEntry("uses_mine", Unit.PROFILE, {"unit": "profile", "rule": {"segment": "mine"}}),
    SegmentEntry("mine", Unit.PROFILE, EVERYONE),
    SegmentEntry("deep_0", Unit.PROFILE, EVERYONE),
    *(
        SegmentEntry(f"deep_{n}", Unit.PROFILE, {"unit": "profile", "rule": {"segment": f"deep_{n - 1}"}})
        for n in range(1, 9)
    ),
)

CATALOGUE = Catalogue(
    profile_traits=fields(
        country="text",
        plan="text",
        age="number",
        lifetime_value="number",
        newsletter="boolean",
        signed_up_at="datetime",
        birthday="datetime",
        interests="list",
    )
    | {"first name": Field("first name", Type.TEXT, "first_name")},
    company_traits=fields(industry="text", employees="number", renewal_at="datetime", domains="list", active="boolean"),
    events={entry.name: entry for entry in EVENTS},
    segments={entry.key: entry for entry in SEGMENTS},
)
