"""The settings of a team: general, and who is in it with which role."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from accounts import policy, selectors, services
from accounts.actors import Actor, actor_of
from accounts.models import Role, Team, TeamMember, User
from accounts.policy import Action
from pages.styled import style

if TYPE_CHECKING:
    TeamBase = forms.ModelForm[Team]
else:
    TeamBase = forms.ModelForm

ROLES = {
    Role.VIEWER: lazy("sees what is the team's own"),
    Role.EDITOR: lazy("makes, changes, publishes and sends"),
    Role.APPROVER: lazy("retires, and approves versions that were sent for review"),
    Role.ADMIN: lazy("members and settings of the team"),
}
"""What each role adds to those before it."""


class TeamForm(TeamBase):
    """The settings of a team; its key stays."""

    class Meta:
        model = Team
        fields = ("name", "colour", "four_eyes")
        labels = {"four_eyes": lazy("Four eyes")}
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}


class AddForm(forms.Form):
    """Somebody with an account, by their address."""

    email = forms.EmailField(label=lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=lazy("Role"), choices=[(role.value, role.value) for role in Role])

    def clean_email(self) -> User:
        """The account. Raises `ValidationError` where there is none."""
        user = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if user is None:
            raise ValidationError(_("Nobody has an account with this address: an administrator makes one."))
        return user


def team_settings(request: HttpRequest, key: str) -> HttpResponse:
    """Name, colour and four eyes; for admins of the team a form, for its other people to read."""
    actor = actor_of(request)
    team = team_of(actor, key)
    may_change = policy.allows(actor, Action.ADMINISTER_TEAM, team)
    form = TeamForm(request.POST if request.method == "POST" else None, instance=team)
    style(form)
    if request.method == "POST":
        policy.require(actor, Action.ADMINISTER_TEAM, team)
        if form.is_valid():
            services.change_team(actor=actor, team=team, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("team-settings", key)
        team = team_of(actor, key)
    context = {"here": "team", "tab": "general", "team": team, "form": form, "may_change": may_change}
    return render(request, "teams/general.html", context)


def team_members(request: HttpRequest, key: str) -> HttpResponse:
    """Who is in the team; POST takes somebody in."""
    actor = actor_of(request)
    team = team_of(actor, key)
    form = AddForm(request.POST if request.method == "POST" else None, initial={"role": Role.VIEWER.value})
    style(form)
    if request.method == "POST":
        policy.require(actor, Action.ADMINISTER_TEAM, team)
        if form.is_valid() and _add(actor, team, form):
            messages.success(request, _("%(who)s is in the team.") % {"who": form.cleaned_data["email"]})
            return redirect("team-members", key)
    context = {
        "here": "team",
        "tab": "members",
        "team": team,
        "members": selectors.members(actor=actor, team=team).order_by("user__name", "user__email"),
        "roles": [(role.value, ROLES[role]) for role in Role],
        "form": form,
        "may_change": policy.allows(actor, Action.ADMINISTER_TEAM, team),
        "may_permit": policy.allows(actor, Action.ADMINISTER),
    }
    return render(request, "teams/members.html", context)


@require_POST
def member_role(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Give a member another role."""
    actor = actor_of(request)
    member = _member(actor, key, number)
    role = request.POST.get("role", "")
    try:
        services.set_role(actor=actor, team=member.team, user=member.user, role=role)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(who)s is %(role)s now.") % {"who": member.user, "role": role})
    return redirect("team-members", key)


@require_POST
def member_remove(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Take somebody out of the team."""
    actor = actor_of(request)
    member = _member(actor, key, number)
    try:
        services.remove_member(actor=actor, team=member.team, user=member.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(who)s is no longer in the team.") % {"who": member.user})
    is_out = actor.user == member.user and not actor.user.is_superuser
    return redirect("segment-list") if is_out and not _is_member(member) else redirect("team-members", key)


@require_POST
def member_permission(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Let a member see personal data, or no longer; for administrators."""
    actor = actor_of(request)
    policy.require(actor, Action.ADMINISTER)
    member = get_object_or_404(TeamMember.objects.select_related("user"), team__key=key, user=number)
    services.set_personal_data_permission(actor=actor, user=member.user, allowed=request.POST.get("allowed") == "1")
    return redirect("team-members", key)


def team_of(actor: Actor, key: str) -> Team:
    """The team, for its people. Raises `Http404`, and `PermissionDenied` for others."""
    team = get_object_or_404(selectors.teams(actor=actor), key=key)
    policy.require(actor, Action.READ_TEAM, team)
    return team


def _add(actor: Actor, team: Team, form: AddForm) -> bool:
    given: dict[str, Any] = form.cleaned_data
    try:
        services.set_role(actor=actor, team=team, user=given["email"], role=given["role"])
    except ValidationError as error:
        form.add_error("email", ValidationError(error.messages))
        return False
    return True


def _member(actor: Actor, key: str, number: int) -> TeamMember:
    """A member, for those who may change it. Raises `PermissionDenied`, `Http404`."""
    team = team_of(actor, key)
    policy.require(actor, Action.ADMINISTER_TEAM, team)
    return get_object_or_404(selectors.members(actor=actor, team=team).select_related("team"), user=number)


def _is_member(member: TeamMember) -> bool:
    return TeamMember.objects.filter(team=member.team, user=member.user).exists()
