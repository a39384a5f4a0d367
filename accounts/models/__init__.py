from accounts.models.audit import AuditEntry
from accounts.models.requests import IdempotentRequest
from accounts.models.staff import Role, Team, TeamMember, User
from accounts.models.tokens import Scope, Token

__all__ = ["AuditEntry", "IdempotentRequest", "Role", "Scope", "Team", "TeamMember", "Token", "User"]
