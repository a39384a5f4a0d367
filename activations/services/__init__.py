"""What people do with connections and activations: one function per verb, called alike by pages, admin, commands, API.

Each takes the `actor` and adds one entry to the audit log. Refusals are Django's `PermissionDenied` and
`ValidationError` in words for people; a refused verb has changed nothing.
"""

from activations.services.activations import create_activation, delete_activation, pause, resume, update_activation
from activations.services.connections import (
    create_connection,
    delete_connection,
    rotate_secrets,
    test_connection,
    update_connection,
)
from activations.services.syncs import cancel_sync, confirm_removal, request_sync, request_test, retry_rejected

__all__ = [
    "cancel_sync",
    "confirm_removal",
    "create_activation",
    "create_connection",
    "delete_activation",
    "delete_connection",
    "pause",
    "request_sync",
    "request_test",
    "resume",
    "retry_rejected",
    "rotate_secrets",
    "test_connection",
    "update_activation",
    "update_connection",
]
