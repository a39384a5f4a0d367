"""Staff, teams, tokens and the audit log as documents, and what requests about them hold."""

from typing import Any

from rest_framework import serializers

from accounts.models import AuditEntry, Role, Scope, Team, TeamMember, Token
from accounts.services.tokens import MOST_DAYS, USUAL_DAYS
from lib.rest.serializers import PageQuery, Strict

COLOUR = r"^#[0-9a-fA-F]{6}\Z"


class TeamDocument(serializers.Serializer[Team]):
    """A team."""

    key = serializers.CharField()
    name = serializers.CharField()
    colour = serializers.CharField()
    four_eyes = serializers.BooleanField(help_text="Whether an approver who is not the author has to agree first.")


class NewTeam(Strict):
    """A team to make."""

    key = serializers.RegexField(r"^[-a-zA-Z0-9_]+\Z", max_length=63)
    name = serializers.CharField(max_length=150)
    colour = serializers.RegexField(COLOUR, required=False)
    four_eyes = serializers.BooleanField(required=False)


class ChangeTeam(Strict):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=150, required=False)
    colour = serializers.RegexField(COLOUR, required=False)
    four_eyes = serializers.BooleanField(required=False)


class MemberDocument(serializers.Serializer[TeamMember]):
    """Somebody's role in a team."""

    id = serializers.IntegerField(source="user.pk", help_text="Of the person.")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(choices=Role.choices)


class NewMember(Strict):
    """Somebody to take into a team."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices)


class ChangeMember(Strict):
    """A new role."""

    role = serializers.ChoiceField(choices=Role.choices)


class TokenDocument(serializers.Serializer[Token]):
    """A token without the token, which is shown once."""

    prefix = serializers.CharField(help_text="Its beginning, which names it.")
    name = serializers.CharField(help_text="What uses it.")
    user = serializers.EmailField(source="user.email", help_text="As whom it acts.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    revoked_at = serializers.DateTimeField(allow_null=True)


class MadeToken(TokenDocument):
    """A token just made."""

    token = serializers.CharField(source="secret", help_text="Shown now and never again.")


class NewToken(Strict):
    """A token to make."""

    name = serializers.CharField(max_length=150)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope)
    )
    days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS - 1, default=USUAL_DAYS, help_text="After which it ends."
    )
    user = serializers.EmailField(required=False, help_text="For administrators: as whom it acts; oneself if left out.")


class MyTeam(serializers.Serializer[TeamMember]):
    """A role of one's own."""

    key = serializers.CharField(source="team.key")
    name = serializers.CharField(source="team.name")
    role = serializers.ChoiceField(choices=Role.choices)


class Me(serializers.Serializer[Any]):
    """Who acts, and how far."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    administrator = serializers.BooleanField()
    sees_personal_data = serializers.BooleanField()
    teams = MyTeam(many=True)
    token = TokenDocument(allow_null=True, help_text="The token that was used; null in a session.")


class AuditDocument(serializers.Serializer[AuditEntry]):
    """One thing that somebody did."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(source="actor_label", help_text="An e-mail address, or `the installation`.")
    token = serializers.CharField(help_text="The prefix of the token that was used; empty in a session.")
    action = serializers.CharField()
    target_kind = serializers.CharField()
    target = serializers.CharField(source="target_key")
    target_id = serializers.IntegerField(allow_null=True)
    team = serializers.CharField(source="team_key")
    before = serializers.JSONField(help_text="What changed, as it was; null for what is new.")
    after = serializers.JSONField(help_text="What changed, as it is; null for what is gone.")
    note = serializers.CharField()


class AuditQuery(PageQuery):
    """Filters of the audit log; all must hold."""

    actor = serializers.CharField(required=False, max_length=254, help_text="An e-mail address.")
    action = serializers.CharField(required=False, max_length=63, help_text="Such as `segment.publish`.")
    kind = serializers.CharField(required=False, max_length=63, help_text="Of what it was done to: `segment`.")
    target = serializers.CharField(required=False, max_length=254, help_text="A key.")
    team = serializers.CharField(required=False, max_length=63, help_text="A team's key.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
