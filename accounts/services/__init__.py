"""What is done with staff, teams and tokens: one function per verb, called alike by pages, admin, commands and API.

Each takes the `actor`. Refusals are Django's `PermissionDenied` and `ValidationError` (by field); a refused verb has
changed nothing. Each verb that changes something adds one entry to the audit log.
"""

from accounts.services.staff import (
    activate_user,
    change_user,
    create_user,
    deactivate_user,
    end_other_sessions,
    end_session,
    make_administrator,
    set_administrator,
    set_password,
    set_personal_data_permission,
)
from accounts.services.teams import change_team, create_team, remove_member, set_role
from accounts.services.tokens import create_token, revoke_token

__all__ = [
    "activate_user",
    "change_team",
    "change_user",
    "create_team",
    "create_token",
    "create_user",
    "deactivate_user",
    "end_other_sessions",
    "end_session",
    "make_administrator",
    "remove_member",
    "revoke_token",
    "set_administrator",
    "set_password",
    "set_personal_data_permission",
    "set_role",
]
