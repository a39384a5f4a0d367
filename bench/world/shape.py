"""What the world's data is called and of which type: the catalogue of the benchmarks."""

from collections.abc import Mapping

from segments.rules.catalogue import Catalogue, EventType, Field, SegmentEntry, Type

PROFILE_TRAITS: Mapping[str, str] = {
    "country": "text",
    "city": "text",
    "language": "text",
    "plan": "text",
    "job_title": "text",
    "lifetime_value": "number",
    "lead_score": "number",
    "seats": "number",
    "newsletter": "boolean",
    "signed_up_at": "datetime",
    "birthday": "datetime",
    "interests": "list",
}
COMPANY_TRAITS: Mapping[str, str] = {
    "industry": "text",
    "region": "text",
    "tier": "text",
    "employees": "number",
    "revenue": "number",
    "customer_since": "datetime",
}
EVENTS: Mapping[str, Mapping[str, str]] = {
    "page_viewed": {"path": "text", "referrer": "text", "seconds": "number"},
    "product_viewed": {"category": "text", "price": "number"},
    "session_started": {"device": "text"},
    "logged_in": {"method": "text"},
    "search_performed": {"query": "text", "results": "number"},
    "cart_updated": {"items": "number", "amount": "number"},
    "order_completed": {"total": "number", "items": "number", "coupon": "text", "category": "text"},
    "email_opened": {"campaign": "text"},
    "email_clicked": {"campaign": "text", "link": "text"},
    "feature_used": {"feature": "text", "seconds": "number"},
    "report_created": {"kind": "text"},
    "invoice_created": {"amount": "number", "currency": "text"},
    "invoice_sent": {"amount": "number"},
    "ticket_opened": {"severity": "text", "topic": "text"},
    "plan_changed": {"from": "text", "to": "text", "monthly": "number"},
}


def catalogue(segments: Mapping[str, SegmentEntry]) -> Catalogue:
    """The catalogue as the rule language wants it, with these segments."""
    return Catalogue(
        profile_traits=_fields(PROFILE_TRAITS),
        company_traits=_fields(COMPANY_TRAITS),
        events={name: EventType(name, name, _fields(properties)) for name, properties in EVENTS.items()},
        segments=segments,
    )


def _fields(types: Mapping[str, str]) -> dict[str, Field]:
    return {key: Field(key, Type(type_), key) for key, type_ in types.items()}
