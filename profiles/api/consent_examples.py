"""Examples of the API's document about consent; tests hold them against its schemas."""

from drf_spectacular.utils import OpenApiExample

_AT = "2026-11-02T08:15:00Z"
_COMPLAINT = {"channel": "all", "reason": "A complaint.", "source": "support", "by": "eve@example.org", "at": _AT}
CONSENT = [
    OpenApiExample(
        "agreed and suppressed",
        {
            "channels": {
                "email": {
                    "state": "granted",
                    "source": "sign-up form",
                    "at": _AT,
                    "suppressed": True,
                    "contactable": False,
                }
            },
            "suppressions": [_COMPLAINT],
            "history": [
                {**_COMPLAINT, "what": "suppressed"},
                {
                    "channel": "email",
                    "what": "granted",
                    "reason": "",
                    "source": "sign-up form",
                    "by": "eve@example.org",
                    "at": _AT,
                },
            ],
        },
        response_only=True,
    )
]
SAID = [
    OpenApiExample(
        "two channels", {"channels": {"email": "granted", "sms": "denied"}, "source": "sign-up form"}, request_only=True
    )
]
SUPPRESSED = [
    OpenApiExample("a complaint", {"channel": "all", "reason": "A complaint.", "source": "support"}, request_only=True)
]
