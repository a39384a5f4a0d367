"""What is done with staff, teams and tokens: one function per verb, called alike by pages, admin, commands and API.

Each takes the `actor`. Refusals are Django's `PermissionDenied` and `ValidationError` (by field); a refused verb has
changed nothing. Each verb that changes something adds one entry to the audit log.
"""

from accounts.services.staff import make_administrator
from accounts.services.tokens import create_token, revoke_token

__all__ = ["create_token", "make_administrator", "revoke_token"]
