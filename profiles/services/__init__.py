"""What people do with the catalogue, sources, what came in wrong, and what customers agree to; data makes the rest.

Each takes the `actor` and adds one entry to the audit log. Refusals are Django's `PermissionDenied` and
`ValidationError` (by field); a refused verb has changed nothing.
"""

from profiles.services.catalogue import (
    change_source,
    create_source,
    describe_event_type,
    describe_property,
    describe_trait,
    disable_source,
    enable_source,
    hide_entry,
    issue_write_key,
    keep_events,
    remove_entry,
)
from profiles.services.consent import lift_suppression, record_consents, set_consent, suppress
from profiles.services.erasure import erase
from profiles.services.quarantine import discard_event, replay_event
from profiles.services.test_event import send_test_event

__all__ = [
    "change_source",
    "create_source",
    "describe_event_type",
    "describe_property",
    "describe_trait",
    "disable_source",
    "discard_event",
    "enable_source",
    "erase",
    "hide_entry",
    "issue_write_key",
    "keep_events",
    "lift_suppression",
    "record_consents",
    "remove_entry",
    "replay_event",
    "send_test_event",
    "set_consent",
    "suppress",
]
