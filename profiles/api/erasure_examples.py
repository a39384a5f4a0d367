"""Examples of the API's document about erasures; tests hold them against its schemas."""

from drf_spectacular.utils import OpenApiExample

_ERASURE = {
    "number": 3,
    "profile": 812,
    "state": "waiting",
    "by": "eve@example.org",
    "requested_at": "2026-11-02T08:15:00Z",
    "finished_at": None,
    "waits_for": "",
    "dropped": 0,
    "steps": [
        {"what": "traits", "number": 12, "at": "2026-11-02T08:15:00Z"},
        {"what": "events", "number": 431, "at": "2026-11-02T08:15:04Z"},
        {"what": "files", "number": 9, "at": "2026-11-02T08:25:09Z"},
    ],
    "remains": [{"where": "Mailchimp, by the activation “Newsletter”", "until": "the next sync removes it"}],
}
NEW_ERASURE = [
    OpenApiExample("somebody", {"profile": "ann"}, request_only=True),
    OpenApiExample("begun", {**_ERASURE, "state": "running"}, response_only=True, status_codes=["202"]),
]
ERASURES = [OpenApiExample("erasures", {"next": None, "previous": None, "results": [_ERASURE]}, response_only=True)]
ERASURE = [OpenApiExample("a tool has yet to remove them", _ERASURE, response_only=True)]
