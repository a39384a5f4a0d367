"""Examples of the API's document about activations; tests hold them against its schemas."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_COLUMNS = [{"to": "customer_id", "identifier": "external_id"}, {"to": "country", "trait": "country"}]
_CONNECTION: dict[str, Any] = {
    "id": 7,
    "team": "shop",
    "kind": "files",
    "name": "Shop",
    "config": {"folder": "shop"},
    "created_at": "2026-11-02T08:15:00Z",
}
_ACTIVATION: dict[str, Any] = {
    "key": "paper-catalogue",
    "name": "Paper catalogue",
    "segment": "big-spenders-2011",
    "team": "shop",
    "kind": "files",
    "state": "active",
    "purpose": "outreach",
    "channel": "",
    "holdout": 0,
    "mode": "mirror",
    "schedule": "interval",
    "interval_seconds": 3600,
    "daily_at": None,
    "timezone": "UTC",
    "next_due": "2026-11-22T10:00:00Z",
    "created_at": "2026-11-02T08:30:00Z",
    "connection": 7,
    "columns": _COLUMNS,
    "removal_limit": 20,
    "stopped_because": "",
}
_SYNC_RUN: dict[str, Any] = {
    "id": 99,
    "activation": "paper-catalogue",
    "segment": "big-spenders-2011",
    "segment_run": 42,
    "members_as_of": "2026-11-22T09:30:00Z",
    "trigger": "manual",
    "state": "succeeded",
    "attempts": 1,
    "queued_at": "2026-11-22T09:31:00Z",
    "started_at": "2026-11-22T09:31:00.1Z",
    "finished_at": "2026-11-22T09:31:02Z",
    "next_attempt_at": None,
    "funnel": [{"step": "members", "label": "Members", "left": 1629}],
    "added": 1629,
    "updated": 0,
    "removed": 0,
    "unchanged": 0,
    "rejected": 0,
    "skipped": 0,
    "removals_planned": 0,
    "failure_code": "",
    "failure": "",
    "note": "",
}


def _sent(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True)


def _answered(name: str, value: object, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=[str(status)])


DESTINATIONS = [
    _answered(
        "files",
        {
            "kind": "files",
            "label": "Files",
            "modes": ["add", "mirror", "replace", "update"],
            "identifiers": ["email", "external_id", "phone"],
            "batch_size": 10_000,
            "channels": [],
            "policies": ["overwrite"],
            "fields": [
                {
                    "key": "folder",
                    "label": "Folder",
                    "help": "a path below the exports folder, such as crm/nightly",
                    "default": "",
                    "choices": {},
                    "pattern": "[^\\x00/\\\\][^\\x00\\\\]*",
                    "required": True,
                    "secret": False,
                }
            ],
        },
    )
]
NEW_CONNECTION = [
    _sent("a folder", {"team": "shop", "kind": "files", "name": "Shop", "config": {"folder": "shop"}}),
    _answered("the connection", _CONNECTION, 201),
]
CHANGE_CONNECTION = [
    _sent("another folder", {"config": {"folder": "shop-2"}}),
    _answered("the connection", {**_CONNECTION, "config": {"folder": "shop-2"}}),
]
ACTIVATIONS = [
    _answered(
        "a page, as others than the team see it",
        {
            "next": None,
            "previous": None,
            "results": [
                {**_ACTIVATION, "connection": None, "columns": None, "removal_limit": None, "stopped_because": None}
            ],
        },
    )
]
ACTIVATION = [_answered("an activation", _ACTIVATION)]
NEW_ACTIVATION = [
    _sent(
        "every hour",
        {
            "key": "paper-catalogue",
            "name": "Paper catalogue",
            "segment": "big-spenders-2011",
            "connection": 7,
            "schedule": "interval",
            "interval_seconds": 3600,
            "columns": _COLUMNS,
        },
    ),
    _answered("the activation", _ACTIVATION, 201),
]
CHANGE_ACTIVATION = [
    _sent("every day at six in London", {"schedule": "daily", "daily_at": "06:00", "timezone": "Europe/London"}),
    _answered(
        "the activation",
        {**_ACTIVATION, "schedule": "daily", "daily_at": "06:00", "timezone": "Europe/London"},
    ),
]
_NOTHING_YET = dict.fromkeys(("segment_run", "members_as_of", "started_at", "finished_at", "removals_planned"))
SYNC = [
    _answered("the run", {**_SYNC_RUN, **_NOTHING_YET, "state": "queued", "attempts": 0, "funnel": [], "added": 0}, 202)
]
SYNC_RUN = [_answered("a run that is over", _SYNC_RUN)]
WHEREABOUTS = [
    _answered(
        "sent",
        {
            "activation": "paper-catalogue",
            "segment": "big-spenders-2011",
            "connection": 7,
            "kind": "files",
            "why_not": "",
            "deliveries": [
                {
                    "key": "c-1042",
                    "state": "delivered",
                    "delivered_at": "2026-11-22T09:31:02Z",
                    "reason": "",
                    "sync_run": 99,
                }
            ],
        },
    ),
    _answered(
        "held back",
        {
            "activation": "win-back-letter",
            "segment": "win-back",
            "connection": 8,
            "kind": "mailchimp",
            "why_not": "Held back: the audience is those who agreed to e-mail.",
            "deliveries": [],
        },
    ),
]
