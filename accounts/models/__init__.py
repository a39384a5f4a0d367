from accounts.models.audit import AuditEntry
from accounts.models.requests import IdempotentRequest
from accounts.models.sessions import Session
from accounts.models.staff import Role, Team, TeamMember, User
from accounts.models.tokens import Scope, Token

__all__ = ["AuditEntry", "IdempotentRequest", "Role", "Scope", "Session", "Team", "TeamMember", "Token", "User"]
