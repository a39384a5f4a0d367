"""Staff, teams, tokens and the audit log in the admin site, for administrators."""

from functools import partial
from typing import TYPE_CHECKING, Any

import django.contrib.auth.admin  # noqa: F401 - it registers groups, which are taken off again below
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import BaseUserCreationForm, SetPasswordForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse

from accounts import services
from accounts.actors import actor_of
from accounts.models import AuditEntry, Team, TeamMember, Token, User
from lib.admin import ReadOnly, ThroughServices

if TYPE_CHECKING:  # Django's classes are generic for type checkers only
    NewForm = BaseUserCreationForm[User]
    PasswordForm = SetPasswordForm[User]
    TeamForm = forms.ModelForm[Team]
    UserForm = forms.ModelForm[User]
else:
    NewForm, PasswordForm, TeamForm, UserForm = BaseUserCreationForm, SetPasswordForm, forms.ModelForm, forms.ModelForm

admin.site.site_header = admin.site.site_title = "Segment registry"
admin.site.index_title = "Administration"
admin.site.unregister(Group)  # roles are per team; groups would do nothing


class NewUserForm(NewForm):
    """A new member of staff: the address that they sign in with, and a first password."""

    class Meta:
        model = User
        fields = ("email", "name")


class ChangeUserForm(UserForm):
    """How somebody is called. Rights are given and taken by the actions of the list."""

    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class StaffAdmin(ThroughServices):
    """People who sign in. A password is set on a page of its own, rights by actions."""

    ordering = ("name", "email")
    list_display = ("email", "name", "is_active", "is_superuser", "sees_personal_data", "last_login")
    list_filter = ("is_active", "is_superuser", "sees_personal_data", "teams")
    search_fields = ("email", "name")
    readonly_fields = ("is_active", "is_superuser", "sees_personal_data", "last_login", "date_joined")
    actions = ("allow", "disallow", "make_administrator", "take_administrator", "switch_off", "switch_on")
    change_form_template = "admin/accounts/user/change_form.html"

    def get_form(self, request: HttpRequest, obj: User | None = None, *_: Any, **__: Any) -> Any:  # noqa: ARG002 - Django's name
        return ChangeUserForm if obj else NewUserForm

    def get_fields(self, _request: HttpRequest, obj: User | None = None) -> Any:
        return ("email", "name", *self.readonly_fields) if obj else ("email", "name", "password1", "password2")

    def get_readonly_fields(self, _request: HttpRequest, obj: User | None = None) -> Any:
        return self.readonly_fields if obj else ()

    def save_form(self, _request: HttpRequest, form: Any, change: bool) -> Any:  # noqa: ARG002, FBT001 - Django's signature
        """Without the form's own saving, which would set a password past the services."""
        return form.instance

    def save_related(self, *_: Any) -> None:
        """Nothing is related here: roles are given on the page of the team."""

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        actor, given = actor_of(request), form.cleaned_data
        if change:
            services.change_user(actor=actor, user=obj, email=given["email"], name=given["name"])
            return
        made, _ = services.create_user(
            actor=actor, email=given["email"], name=given["name"], password=given["password1"]
        )
        obj.pk = made.pk

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:number>/password/", self.admin_site.admin_view(self.password), name="accounts_user_password")
        return [own, *super().get_urls()]

    def password(self, request: HttpRequest, number: int) -> HttpResponse:
        """Sets a new password; every session of the account ends, except for one's own."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=number)
        form: Any = SetPasswordForm(user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            changed = services.set_password(
                actor=actor_of(request), user=user, password=form.cleaned_data["new_password1"]
            )
            if changed.pk == request.user.pk:
                update_session_auth_hash(request, changed)
            messages.success(request, f"{changed} has a new password.")
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[number]))
        context = {**self.admin_site.each_context(request), "title": f"Password of {user}", "form": form}
        return render(request, "admin/accounts/user/password.html", context)

    @admin.action(description="Let them see personal data")
    def allow(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        _each(request, queryset, partial(services.set_personal_data_permission, allowed=True), "sees personal data")

    @admin.action(description="Let them no longer see personal data")
    def disallow(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        verb = partial(services.set_personal_data_permission, allowed=False)
        _each(request, queryset, verb, "no longer sees personal data")

    @admin.action(description="Make them administrators")
    def make_administrator(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        _each(request, queryset, partial(services.set_administrator, administrator=True), "is an administrator")

    @admin.action(description="Take the administrator's rights")
    def take_administrator(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        verb = partial(services.set_administrator, administrator=False)
        _each(request, queryset, verb, "is no administrator any more")

    @admin.action(description="Switch the account off: sessions and tokens end")
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        _each(request, queryset, services.deactivate_user, "is switched off")

    @admin.action(description="Switch the account on")
    def switch_on(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        _each(request, queryset, services.activate_user, "is switched on")


def _each(request: HttpRequest, users: QuerySet[User], verb: Any, done: str) -> None:
    """Do a verb to each of the chosen, and say for each what came of it."""
    for user in users:
        try:
            verb(actor=actor_of(request), user=user)
        except ValidationError as error:
            messages.error(request, f"{user}: {' '.join(error.messages)}")
        else:
            messages.success(request, f"{user} {done}.")


class TeamSettingsForm(TeamForm):
    """A team."""

    class Meta:
        model = Team
        fields = ("key", "name", "colour", "four_eyes")


@admin.register(Team)
class TeamAdmin(ThroughServices):
    """Teams. Who belongs to them is under team members."""

    form = TeamSettingsForm
    list_display = ("name", "key", "colour", "four_eyes")
    search_fields = ("name", "key")

    def get_readonly_fields(self, _request: HttpRequest, obj: Team | None = None) -> tuple[str, ...]:
        """The key is a name that rules of access and the API go by: it stays."""
        return ("key",) if obj else ()

    def get_prepopulated_fields(self, _request: HttpRequest, obj: Team | None = None) -> dict[str, Any]:
        return {} if obj else {"key": ("name",)}

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        given = form.cleaned_data
        if change:
            services.change_team(actor=actor_of(request), team=obj, **given)
        else:
            obj.pk = services.create_team(actor=actor_of(request), **given).pk


@admin.register(TeamMember)
class MemberAdmin(ThroughServices):
    """Roles: one person's in one team."""

    list_display = ("user", "team", "role")
    list_filter = ("team", "role")
    list_select_related = ("user", "team")
    autocomplete_fields = ("team", "user")
    fields = ("team", "user", "role")

    def get_readonly_fields(self, _request: HttpRequest, obj: TeamMember | None = None) -> tuple[str, ...]:
        return ("team", "user") if obj else ()

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return True

    def save_model(self, request: HttpRequest, obj: TeamMember, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        obj.pk = services.set_role(actor=actor_of(request), team=obj.team, user=obj.user, role=obj.role).pk

    def delete_model(self, request: HttpRequest, obj: TeamMember) -> None:
        services.remove_member(actor=actor_of(request), team=obj.team, user=obj.user)


@admin.register(Token)
class TokenAdmin(ReadOnly):
    """Who can act by a program; never with what."""

    list_display = ("prefix", "name", "user", "scopes", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("user",)
    list_select_related = ("user",)
    fields = list_display
    actions = ("revoke",)

    @admin.action(description="Revoke", permissions=("view",))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        for token in queryset:
            services.revoke_token(actor=actor_of(request), token=token)
            messages.success(request, f"{token} is revoked.")


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    """What staff did."""

    list_display = ("at", "actor_label", "token", "action", "target_key", "team_key", "note")
    list_filter = ("action", "team_key")
    search_fields = ("actor_label", "target_key")
    show_full_result_count = False
