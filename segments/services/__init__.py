"""What people do with segments: one function per verb, called alike by pages, admin, commands and API.

Each takes the `actor` and adds one entry to the audit log. Refusals are Django's `PermissionDenied` and
`ValidationError` (by field), and `DefinitionErrors` for a definition; a refused verb has changed nothing.
"""

from segments.services.decisions import decide_review
from segments.services.drafts import drop_draft, keep_draft
from segments.services.findings import snooze_finding, wake_finding
from segments.services.lifecycle import change_contract, create_segment, pause, resume, retire
from segments.services.publishing import (
    cancel_publication,
    fail_publication,
    propose,
    publish,
    publish_scheduled,
    publish_unapproved,
    schedule_publication,
)
from segments.services.recompute import request_recompute
from segments.services.reviews import approve, reject
from segments.services.versions import NewerVersionError, checked, save_version

__all__ = [
    "NewerVersionError",
    "approve",
    "cancel_publication",
    "change_contract",
    "checked",
    "create_segment",
    "decide_review",
    "drop_draft",
    "fail_publication",
    "keep_draft",
    "pause",
    "propose",
    "publish",
    "publish_scheduled",
    "publish_unapproved",
    "reject",
    "request_recompute",
    "resume",
    "retire",
    "save_version",
    "schedule_publication",
    "snooze_finding",
    "wake_finding",
]
