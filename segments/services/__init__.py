"""What people do with segments: one function per verb, called alike by pages, admin, commands and API.

Each takes the `actor` and adds one entry to the audit log. Refusals are Django's `PermissionDenied` and
`ValidationError` (by field), and `DefinitionErrors` for a definition; a refused verb has changed nothing.
"""

from segments.services.drafts import drop_draft, keep_draft
from segments.services.lifecycle import change_contract, create_segment, pause, resume, retire
from segments.services.recompute import request_recompute
from segments.services.versions import NewerVersionError, checked, publish, save_version

__all__ = [
    "NewerVersionError",
    "change_contract",
    "checked",
    "create_segment",
    "drop_draft",
    "keep_draft",
    "pause",
    "publish",
    "request_recompute",
    "resume",
    "retire",
    "save_version",
]
