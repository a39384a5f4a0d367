"""The stock admin site: connect tools, instruct activations, watch runs and deliveries."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actors import INSTALLATION, actor_of
from activations import forms, selectors, services
from activations.destinations import kinds
from activations.models import Activation, Connection, Delivery, SyncRun
from lib.admin import ReadOnly, ThroughServices


@admin.register(Connection)
class ConnectionAdmin(ThroughServices):
    """Asks for the kind first, then for what that kind declares."""

    list_display = ("name", "kind", "team", "created_at")
    list_filter = ("kind", "team")
    actions = ("test",)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if request.GET.get("kind") not in kinds():
            choices = sorted((found.label, name) for name, found in kinds().items())
            context = {**self.admin_site.each_context(request), "kinds": choices, "title": "Choose a kind of tool"}
            return render(request, "admin/activations/connection/choose_kind.html", context)
        return super().add_view(request, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Connection | None = None, *_: Any, **__: Any) -> Any:
        return forms.connection_form(obj.kind if obj else request.GET["kind"])

    def get_fields(self, request: HttpRequest, obj: Connection | None = None) -> Any:
        declared = kinds()[obj.kind if obj else request.GET["kind"]].fields
        return ["team", "name", *(forms.PREFIX + field.key for field in declared)]

    def save_model(self, request: HttpRequest, obj: Connection, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        actor = actor_of(request)
        if change:
            services.update_connection(actor=actor, connection=obj, name=obj.name, config=form.config)
            return
        made = services.create_connection(
            actor=actor, team=obj.team, kind=request.GET["kind"], name=obj.name, config=form.config
        )
        obj.pk = made.pk

    def has_delete_permission(self, _request: HttpRequest, obj: Model | None = None) -> bool:
        """One that activations send through is needed."""
        return obj is not None and not Activation.objects.filter(connection=obj.pk).exists()

    def delete_model(self, request: HttpRequest, obj: Connection) -> None:
        services.delete_connection(actor=actor_of(request), connection=obj)

    @admin.action(description="Test the connection")
    def test(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        for connection in queryset:
            found = services.test_connection(actor=actor_of(request), connection=connection)
            level = messages.ERROR if found else messages.SUCCESS
            self.message_user(request, f"{connection}: {found or 'it works.'}", level)


@admin.register(Activation)
class ActivationAdmin(ThroughServices):
    """Instructs, and acts by hand."""

    form = forms.ActivationForm
    list_display = ("name", "segment", "connection", "state", "schedule", "next_due", "latest")
    list_filter = ("state", "connection")
    readonly_fields = ("state", "stopped_because", "next_due")
    actions = ("sync_now", "pause", "resume", "confirm_removal")

    def get_readonly_fields(self, _request: HttpRequest, obj: Activation | None = None) -> Any:
        """The key is a name that commands and the API go by: it stays."""
        return ("key", *self.readonly_fields) if obj else self.readonly_fields

    def has_delete_permission(self, _request: HttpRequest, obj: Model | None = None) -> bool:
        """What was sent would stay over there, and nobody would know: pause it instead."""
        return obj is not None and not Delivery.objects.filter(activation=obj.pk).exists()

    def delete_model(self, request: HttpRequest, obj: Activation) -> None:
        services.delete_activation(actor=actor_of(request), activation=obj)

    @admin.display(description="latest sync")
    def latest(self, activation: Activation) -> str:
        run = selectors.latest_run(actor=INSTALLATION, activation=activation)
        return run.get_state_display() if run else "never"

    def save_model(self, request: HttpRequest, obj: Activation, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        fields = dict(form.cleaned_data)
        if change:
            services.update_activation(actor=actor_of(request), activation=obj, **fields)
        else:
            obj.pk = services.create_activation(actor=actor_of(request), **fields).pk

    @admin.action(description="Sync now")
    def sync_now(self, request: HttpRequest, queryset: QuerySet[Activation]) -> None:
        for activation in queryset:
            self._try(request, activation, "A sync is on its way.", services.request_sync, activation=activation)

    @admin.action(description="Pause")
    def pause(self, request: HttpRequest, queryset: QuerySet[Activation]) -> None:
        for activation in queryset:
            self._try(request, activation, "Paused.", services.pause, activation=activation)

    @admin.action(description="Resume")
    def resume(self, request: HttpRequest, queryset: QuerySet[Activation]) -> None:
        for activation in queryset:
            self._try(request, activation, "Resumed.", services.resume, activation=activation)

    @admin.action(description="Confirm the removal that the latest sync asks about")
    def confirm_removal(self, request: HttpRequest, queryset: QuerySet[Activation]) -> None:
        for activation in queryset:
            run = selectors.latest_run(actor=actor_of(request), activation=activation)
            if run is None:
                self.message_user(request, f"{activation}: it has never run.", messages.ERROR)
            else:
                self._try(request, activation, "Confirmed.", services.confirm_removal, run=run)

    def _try(self, request: HttpRequest, about: Activation, done: str, act: Any, **arguments: Any) -> None:
        try:
            act(actor=actor_of(request), **arguments)
        except ValidationError as error:
            self.message_user(request, f"{about}: {' '.join(error.messages)}", messages.ERROR)
        else:
            self.message_user(request, f"{about}: {done}", messages.SUCCESS)


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnly):
    """The log of runs."""

    list_display = (
        "id", "activation", "trigger", "state", "queued_at", "finished_at", "added", "updated", "removed", "rejected",
    )  # fmt: skip
    list_filter = ("state", "activation")
    list_select_related = ("activation",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """What each tool has; the keys, which are addresses of people, are not shown here."""

    list_display = ("activation", "member", "state", "reason", "delivered_at")
    list_filter = ("state", "activation")
    list_select_related = ("activation",)
    show_full_result_count = False
    fields = ("activation", "member", "state", "reason", "delivered_at", "run")
