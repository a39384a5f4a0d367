"""What the frame of every page knows: the reader's teams, and the one whose things they work on at the moment.

The team that was chosen is kept in the session. It decides what the navigation leads to, never what a page shows: that
is in its address, so that a link shows everybody the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import policy
from accounts.actors import actor_of
from accounts.models import Team

SESSION_KEY = "team"
LISTS = ("activation-list", "audit-log")
"""Pages that are for all teams, or for the one that their address names."""
TEAM_PAGES = ("team-settings", "team-members", "connection-list")
"""Pages of one team, whose key is in their address."""
HOME = "segment-list"


@dataclass(frozen=True, slots=True)
class Shell:
    """`teams` are the reader's, all of them for administrators; `team` is the chosen one, None where all are meant."""

    teams: Sequence[Team]
    team: Team | None

    @property
    def query(self) -> str:
        """What narrows a list to the chosen team, as the end of an address."""
        return f"?team={self.team.key}" if self.team else ""

    @property
    def settings_of(self) -> Team | None:
        """The team whose settings the navigation leads to."""
        return self.team or (self.teams[0] if self.teams else None)


def shell(request: HttpRequest) -> dict[str, Any]:
    """For templates: `shell`, read when it is used, so that fragments and errors cost no query."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}


def shell_of(request: HttpRequest) -> Shell:
    """The shell of somebody who has signed in, in one query."""
    teams = list(policy.visible_teams(actor_of(request)))
    chosen = request.session.get(SESSION_KEY)
    return Shell(teams, next((team for team in teams if team.key == chosen), None))


@require_POST
def choose_team(request: HttpRequest) -> HttpResponse:
    """Work on the things of another team, or of all with an empty `team`; leads to the same page of that team."""
    key = request.POST.get("team", "")
    if key:
        get_object_or_404(policy.visible_teams(actor_of(request)), key=key)
    request.session[SESSION_KEY] = key
    return redirect(_same_page(request.POST.get("next", ""), key))


def _same_page(path: str, key: str) -> str:
    """The address that was left, for the team with this key."""
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return reverse(HOME)
    try:
        name = resolve(path).url_name or ""
    except Resolver404:
        return reverse(HOME)
    if name in LISTS:
        return f"{path}?team={key}" if key else path
    if name in TEAM_PAGES and key:
        return reverse(name, args=[key])
    return path
