"""Staff and teams in the admin site, for administrators."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group

from accounts.models import Team, TeamMember, User

if TYPE_CHECKING:  # Django's classes are generic for type checkers only
    NewForm = AdminUserCreationForm[User]
    Inline = admin.TabularInline[TeamMember, Any]
    StaffBase = UserAdmin[User]
    TeamBase = admin.ModelAdmin[Team]
else:
    NewForm = AdminUserCreationForm
    Inline = admin.TabularInline
    StaffBase = UserAdmin
    TeamBase = admin.ModelAdmin

admin.site.site_header = admin.site.site_title = "Segment registry"
admin.site.index_title = "Administration"
admin.site.unregister(Group)  # roles are per team; groups would do nothing


class NewUserForm(NewForm):
    """A new member of staff: the address that they sign in with, and a first password."""

    class Meta:
        model = User
        fields = ("email", "name")


class MemberInline(Inline):
    """Roles: a person's teams, or a team's people."""

    model = TeamMember
    extra = 1
    autocomplete_fields = ("team", "user")


@admin.register(User)
class StaffAdmin(StaffBase):
    """People who sign in."""

    form = UserChangeForm  # type: ignore[assignment]  # generic for type checkers only
    add_form = NewUserForm
    inlines = (MemberInline,)
    ordering = ("name", "email")
    list_display = ("email", "name", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser", "teams")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_inlines(self, _request: Any, obj: User | None) -> Any:
        """A person has teams once the account exists."""
        return self.inlines if obj else ()


@admin.register(Team)
class TeamAdmin(TeamBase):
    """Teams and their people."""

    inlines = (MemberInline,)
    list_display = ("name", "key", "colour")
    search_fields = ("name", "key")
    prepopulated_fields = {"key": ("name",)}
