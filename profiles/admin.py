"""Customers and the catalogue in Django's admin: to look at, and to describe; data itself comes in by imports."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from accounts.actors import actor_of
from lib.admin import ReadOnly, ThroughServices
from profiles import services
from profiles.disclosures import disclose
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
    Rows = admin.TabularInline[Any, Any]
else:
    Rows = admin.TabularInline


class Described(ThroughServices):
    """Rows of the catalogue: data makes them, people only describe them; types, columns and names stay."""

    def has_add_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False


class ReadOnlyRows(Rows):
    """What is shown below a row."""

    def has_add_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False


class IdentityInline(ReadOnlyRows):
    model = Identity
    fields = ("kind", "value")


class PropertyInline(ReadOnlyRows):
    model = EventProperty
    fields = ("key", "type", "column", "status", "label", "personal")


class CustomerAdmin(ReadOnly):
    """Somebody or a company, and on record who looked."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One entry in the audit log each time that somebody looks; what is sent here is refused and shows nothing."""
        if request.method != "POST" and (customer := self.get_object(request, object_id)) is not None:
            what = str(self.opts.model_name)
            disclose(actor=actor_of(request), what=what, number=1, target=customer)
        return super().change_view(request, object_id, form_url, extra_context)


@admin.register(Profile)
class ProfileAdmin(CustomerAdmin):
    list_display = ("pk", "company", "lasting", "created_at")
    list_filter = ("lasting",)
    list_select_related = ("company",)
    search_fields = ("identities__value__exact",)
    show_full_result_count = False
    inlines = (IdentityInline,)


@admin.register(Company)
class CompanyAdmin(CustomerAdmin):
    list_display = ("external_id", "known", "created_at")
    list_filter = ("known",)
    search_fields = ("external_id",)
    show_full_result_count = False


@admin.register(Source)
class SourceAdmin(ThroughServices):
    list_display = ("key", "name", "promise", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:  # noqa: ARG002
        return ("key",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        if change:
            services.change_source(actor=actor_of(request), source=obj, **form.cleaned_data)
        else:
            obj.pk = services.create_source(actor=actor_of(request), **form.cleaned_data).pk


@admin.register(TraitDefinition)
class TraitAdmin(Described):
    list_display = ("key", "unit", "type", "status", "label", "serves", "personal", "source")
    list_filter = ("status", "unit", "type", "serves", "personal", "source")
    list_select_related = ("source",)
    search_fields = ("key", "label", "description")
    readonly_fields = ("unit", "key", "type", "column", "status")

    def save_model(self, request: HttpRequest, obj: TraitDefinition, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        services.describe_trait(actor=actor_of(request), trait=obj, **form.cleaned_data)


@admin.register(EventType)
class EventTypeAdmin(Described):
    list_display = ("name", "table", "status", "label", "serves", "source")
    list_filter = ("status", "serves", "source")
    list_select_related = ("source",)
    search_fields = ("name", "label", "description")
    readonly_fields = ("name", "table", "status")
    inlines = (PropertyInline,)

    def save_model(self, request: HttpRequest, obj: EventType, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        services.describe_event_type(actor=actor_of(request), event_type=obj, **form.cleaned_data)


@admin.register(EventProperty)
class PropertyAdmin(Described):
    list_display = ("event_type", "key", "type", "status", "label", "personal")
    list_filter = ("status", "personal")
    list_select_related = ("event_type",)
    search_fields = ("key", "label")
    readonly_fields = ("event_type", "key", "type", "column", "status")

    def save_model(self, request: HttpRequest, obj: EventProperty, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        services.describe_property(actor=actor_of(request), event_property=obj, **form.cleaned_data)


@admin.register(LakeTable)
class LakeTableAdmin(ReadOnly):
    list_display = ("name", "version")


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    list_display = ("number", "opened_at", "closed_at")
