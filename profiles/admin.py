"""Customers and the catalogue in Django's admin: to look at, and to describe; data itself comes in by imports."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from profiles.models import (
    Batch,
    Company,
    EventProperty,
    EventType,
    Identity,
    LakeTable,
    Profile,
    Source,
    TraitDefinition,
)

if TYPE_CHECKING:  # Django's classes are generic for type checkers only
    Page = admin.ModelAdmin[Any]
    Rows = admin.TabularInline[Any, Any]
else:
    Page, Rows = admin.ModelAdmin, admin.TabularInline


class ReadOnly:
    """Rows that only imports, the tracking API and the lake's upkeep change."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


class Described:
    """Rows of the catalogue: data makes them, people only describe them; types, columns and names stay."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


class IdentityInline(ReadOnly, Rows):
    model = Identity
    fields = ("kind", "value")


class PropertyInline(Described, Rows):
    model = EventProperty
    fields = ("key", "type", "column", "label")
    readonly_fields = ("key", "type", "column")


@admin.register(Profile)
class ProfileAdmin(ReadOnly, Page):
    list_display = ("pk", "company", "lasting", "created_at")
    list_filter = ("lasting",)
    list_select_related = ("company",)
    search_fields = ("identities__value__exact",)
    show_full_result_count = False
    inlines = (IdentityInline,)


@admin.register(Company)
class CompanyAdmin(ReadOnly, Page):
    list_display = ("external_id", "known", "created_at")
    list_filter = ("known",)
    search_fields = ("external_id",)
    show_full_result_count = False


@admin.register(Source)
class SourceAdmin(Page):
    list_display = ("key", "name", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:  # noqa: ARG002
        return ("key",) if obj else ()


@admin.register(TraitDefinition)
class TraitAdmin(Described, Page):
    list_display = ("key", "unit", "type", "column", "label", "source")
    list_filter = ("unit", "type", "source")
    list_select_related = ("source",)
    search_fields = ("key", "label", "description")
    readonly_fields = ("unit", "key", "type", "column", "source")


@admin.register(EventType)
class EventTypeAdmin(Described, Page):
    list_display = ("name", "table", "label", "source")
    list_select_related = ("source",)
    search_fields = ("name", "label", "description")
    readonly_fields = ("name", "table", "source")
    inlines = (PropertyInline,)


@admin.register(LakeTable)
class LakeTableAdmin(ReadOnly, Page):
    list_display = ("name", "version")


@admin.register(Batch)
class BatchAdmin(ReadOnly, Page):
    list_display = ("number", "opened_at", "closed_at")
