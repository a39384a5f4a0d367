"""Examples of the API's document about the catalogue and companies; tests hold them against its schemas."""

from drf_spectacular.utils import OpenApiExample

_ACME = {"external_id": "acme", "traits": {"industry": "Software", "size": 250.0}, "people": 12}

_CLASSIFIED = {"description": "", "status": "new", "serves": ""}
_VALUED = {**_CLASSIFIED, "personal": False, "measured_in": "", "synonyms": {}}
PLAN = {
    "id": 7,
    "label": "Plan",
    "key": "plan",
    "type": "text",
    "column": "plan",
    "description": "What they pay for.",
    "status": "accepted",
    "serves": "transactional",
    "personal": False,
    "measured_in": "",
    "synonyms": {"pro": ["professional", "premium"]},
    "source": "crm",
}
PLACED = {
    "id": 3,
    "label": "",
    "name": "Order placed",
    "table": "order_placed",
    **_CLASSIFIED,
    "source": "shop",
    "properties": [
        {"label": "", "id": 12, "key": "amount", "type": "number", "column": "amount", **_VALUED, "measured_in": "EUR"}
    ],
}
CATALOGUE = [
    OpenApiExample(
        "catalogue",
        {
            "profile_traits": [PLAN],
            "company_traits": [
                {"label": "", "id": 8, "key": "size", "type": "number", "column": "size", **_VALUED, "source": None}
            ],
            "events": [PLACED],
            "sources": [
                {"key": "crm", "name": "CRM", "promise_seconds": 86400},
                {"key": "shop", "name": "Shop", "promise_seconds": None},
            ],
        },
        response_only=True,
    )
]
COMPANIES = [
    OpenApiExample("companies", {"next": None, "previous": None, "results": [_ACME]}, response_only=True),
]
COMPANY = [OpenApiExample("company", _ACME, response_only=True)]

_ASKED = {"team": "shop", "kind": "events", "source": "shop", "event": "Order placed", "timezone": "Europe/London"}
_IMPORT = {
    "number": 12,
    "team": "shop",
    "by": "editor@example.org",
    "kind": "events",
    "options": {"source": "shop", "event": "Order placed", "timezone": "Europe/London", "yes": False},
    "state": "waiting",
    "waits_for": "acceptance",
    "size": 4_812_010,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "additions": [
        {"kind": "event", "name": "Order placed"},
        {"kind": "property", "event": "Order placed", "name": "amount", "type": "number"},
    ],
    "notes": [],
    "step": None,
    "counts": None,
    "reasons": {},
    "failure_code": "",
    "failure": "",
    "created_at": "2026-11-02T08:15:00Z",
    "started_at": "2026-11-02T08:15:04Z",
    "finished_at": None,
}
NEW_IMPORT = [
    OpenApiExample("orders", _ASKED, request_only=True),
    OpenApiExample(
        "waiting for its file",
        {**_IMPORT, "waits_for": "file", "size": None, "sha256": "", "additions": [], "started_at": None},
        response_only=True,
        status_codes=["201"],
    ),
]
IMPORT = [OpenApiExample("waiting for somebody to accept its types", _IMPORT, response_only=True)]
_WAITS = {
    "id": 12,
    "source": "shop",
    "reason": 'property total is the text "12", not a number',
    "kind": "property total is the text ..., not a number",
    "received_at": "2026-03-01T09:30:00Z",
    "document": {"type": "track", "event": "Order placed", "userId": "u1", "properties": {"total": "12"}},
}
_MERGED = {
    "gone": 812,
    "stays": 27,
    "by": "anonymous_id",
    "value": "visit-1",
    "source": "shop",
    "merged_at": "2026-03-01T09:30:00Z",
}
QUARANTINE = [
    OpenApiExample("quarantine", {"next": None, "previous": None, "results": [_WAITS]}, response_only=True),
]
MERGES = [OpenApiExample("merges", {"next": None, "previous": None, "results": [_MERGED]}, response_only=True)]
