"""Routes of staff and teams below ``/api/v1/``."""

from django.urls import path

from accounts.api.views.audit import AuditView
from accounts.api.views.me import MeView, TokensView, TokenView
from accounts.api.views.teams import MembersView, MemberView, TeamsView, TeamView

urlpatterns = [
    path("me", MeView.as_view(), name="api-me"),
    path("tokens", TokensView.as_view(), name="api-tokens"),
    path("tokens/<slug:prefix>", TokenView.as_view(), name="api-token"),
    path("teams", TeamsView.as_view(), name="api-teams"),
    path("teams/<slug:key>", TeamView.as_view(), name="api-team"),
    path("teams/<slug:key>/members", MembersView.as_view(), name="api-team-members"),
    path("teams/<slug:key>/members/<int:number>", MemberView.as_view(), name="api-team-member"),
    path("audit", AuditView.as_view(), name="api-audit"),
]
