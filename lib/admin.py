"""The admin site writes through services only: what they refuse is said, and nothing is deleted beside them."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

if TYPE_CHECKING:  # Django's classes are generic for type checkers only
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin


class ThroughServices(AnyAdmin):
    """`save_model` and, where it may be called, `delete_model` are the subclass's and call services."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What the form did not foresee and a service refuses is told on the empty form."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(request.get_full_path())

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> Any:
        """Without the one that deletes many rows at once, past the services."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class ReadOnly(ThroughServices):
    """Rows that only imports, workers and services change."""

    def has_add_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False
