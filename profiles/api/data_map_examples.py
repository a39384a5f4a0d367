"""Examples of the API's document about the data map; tests hold them against its schemas."""

from drf_spectacular.utils import OpenApiExample

_STALE = {
    "kind": "stale",
    "evidence": "The newest value is 12 days old; “CRM” promises one every day.",
    "next_step": "See whether “CRM” still sends: its key, its last import, the quarantine.",
    "numbers": {"age_seconds": 1_036_800, "promise_seconds": 86_400, "allowed_seconds": 86_400},
}
_ROW = {
    "kind": "profile",
    "id": 7,
    "key": "plan",
    "event": None,
    "label": "Plan",
    "type": "text",
    "status": "accepted",
    "serves": "transactional",
    "personal": False,
    "source": "crm",
    "coverage": {"filled": 9_120, "population": 12_000, "share": 0.76},
    "newest_at": "2026-02-17T06:00:00Z",
    "promise_seconds": 86_400,
    "allowed_seconds": 86_400,
    "volume": None,
    "measured_at": "2026-03-01T09:30:00Z",
    "findings": [_STALE],
    "uses": [{"kind": "segment", "key": "paying", "name": "Paying customers", "is_indirect": False}],
}
DATA_MAP = [OpenApiExample("data map", {"results": [_ROW]}, response_only=True)]
ENTRY = [
    OpenApiExample(
        "trait",
        {
            "row": _ROW,
            "description": "What they pay for.",
            "measured_in": "",
            "synonyms": {"pro": ["professional", "premium"]},
            "values": {
                "different": 4,
                "lowest": "",
                "highest": "",
                "top": [{"value": "pro", "number": 5_100}, {"value": "basic", "number": 3_800}],
            },
            "withheld": False,
            "days": [{"day": "2026-03-01", "number": 9_120, "population": 12_000}],
        },
        response_only=True,
    )
]
DESCRIBE = [
    OpenApiExample("describe", {"label": "Plan", "description": "What it is.", "serves": "value"}, request_only=True),
    OpenApiExample("hide", {"status": "hidden"}, request_only=True),
]
SOURCE = [
    OpenApiExample("a day", {"promise_seconds": 86_400}, request_only=True),
    OpenApiExample("source", {"key": "crm", "name": "CRM", "promise_seconds": 86_400}, response_only=True),
]
