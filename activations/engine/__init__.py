"""Loop 3: audience − delivered = adds; delivered − audience = removes; send, and record what was acknowledged."""

from lib import failpoints

FAILPOINTS = failpoints.declare(
    "sync.claimed",
    "sync.planned",
    "sync.removing",
    "sync.removed",
    "sync.removal_recorded",
    "sync.sending",
    "sync.sent",
    "sync.recorded",
    "sync.finishing",
    "sync.finished",
    "sync.confirmed",
)
"""The steps at which tests kill a worker, in order."""
