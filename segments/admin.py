"""The stock admin site for administrators: make segments and versions, publish, recompute, watch runs."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.actors import actor_of
from lib.admin import ReadOnly, ThroughServices
from segments import services
from segments.forms import SegmentForm, VersionForm
from segments.models import Run, Segment, SegmentVersion
from segments.rules.errors import DefinitionErrors


def _each(request: HttpRequest, rows: QuerySet[Any], verb: Callable[..., object], argument: str, done: str) -> None:
    """Do a verb to each chosen row, and say for each what came of it."""
    for row in rows:
        try:
            verb(actor=actor_of(request), **{argument: row})
        except ValidationError as error:
            messages.error(request, f"{row}: {' '.join(error.messages)}")
        except DefinitionErrors as errors:
            messages.error(request, f"{row}: {errors}")
        else:
            messages.success(request, f"{row} {done}.")


@admin.register(Segment)
class SegmentAdmin(ThroughServices):
    """The contract; its rule is in its versions. A segment is retired, never deleted: its key is not used again."""

    form = SegmentForm
    list_display = ("name", "key", "team", "owner", "unit", "state", "published", "freshness")
    list_filter = ("state", "unit", "team")
    search_fields = ("name", "key")
    list_select_related = ("team", "owner", "published__segment")
    fields = (
        "key",
        "name",
        "team",
        "unit",
        "owner",
        "decision",
        "freshness",
        "review_on",
        "review_months",
        "expected_least",
        "expected_most",
        "notes",
        "tags",
        "state",
        "published",
    )
    readonly_fields = ("state", "published")
    prepopulated_fields = {"key": ("name",)}
    autocomplete_fields = ("owner",)
    actions = ("recompute", "pause", "resume", "retire")

    def get_readonly_fields(self, _request: HttpRequest, obj: Segment | None = None) -> tuple[str, ...]:
        """What identifies a segment stays as it was made."""
        return (*self.readonly_fields, "key", "team", "unit") if obj else self.readonly_fields

    def get_prepopulated_fields(self, _request: HttpRequest, obj: Segment | None = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)

    def save_model(self, request: HttpRequest, obj: Segment, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        given = form.cleaned_data
        if change:
            services.change_contract(segment=obj, actor=actor_of(request), **given)
        else:
            obj.pk = services.create_segment(actor=actor_of(request), **given).pk

    @admin.action(description="Recompute the members")
    def recompute(self, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        _each(request, queryset, services.request_recompute, "segment", "is being recomputed")

    @admin.action(description="Pause: keep the members as they are")
    def pause(self, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        _each(request, queryset, services.pause, "segment", "is paused")

    @admin.action(description="Resume")
    def resume(self, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        _each(request, queryset, services.resume, "segment", "is live again")

    @admin.action(description="Retire for good")
    def retire(self, request: HttpRequest, queryset: QuerySet[Segment]) -> None:
        _each(request, queryset, services.retire, "segment", "is retired")


@admin.register(SegmentVersion)
class VersionAdmin(ThroughServices):
    """Versions are added and published, never changed."""

    form = VersionForm
    list_display = ("segment", "number", "state", "words", "author", "created_at", "published_at")
    list_filter = ("state", "segment")
    list_select_related = ("segment", "author")
    search_fields = ("segment__name", "segment__key", "words")
    autocomplete_fields = ("segment",)
    fields = ("segment", "number", "state", "words", "definition", "sha256", "note", "author", "published_at")
    actions = ("publish",)

    def get_fields(self, _request: HttpRequest, obj: SegmentVersion | None = None) -> tuple[str, ...]:
        return self.fields if obj else ("segment", "definition", "note")

    def has_change_permission(self, _request: HttpRequest, _obj: SegmentVersion | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SegmentVersion, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        given = form.cleaned_data
        made = services.save_version(
            segment=given["segment"], definition=given["definition"], note=given["note"], actor=actor_of(request)
        )
        obj.pk, obj.number = made.pk, made.number
        messages.info(request, made.words)

    @admin.action(description="Publish", permissions=("view",))
    def publish(self, request: HttpRequest, queryset: QuerySet[SegmentVersion]) -> None:
        _each(request, queryset, services.publish, "version", "is published and being computed")


@admin.register(Run)
class RunAdmin(ReadOnly):
    """What every recomputation did, and why it failed if it did."""

    list_display = ("segment", "state", "trigger", "as_of", "members", "entered", "left", "evaluate_ms", "failure_code")
    list_filter = ("state", "trigger", "segment")
    list_select_related = ("segment",)
    date_hierarchy = "queued_at"
