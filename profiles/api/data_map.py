"""``data-map`` and what is in it: ``catalogue/traits``, ``catalogue/events``, ``catalogue/properties``, sources."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib import clock
from lib.rest.serializers import Strict, read_body, read_query
from profiles import services
from profiles.api import data_map_examples as examples
from profiles.api import data_map_serializers as shapes
from profiles.api.serializers import SourceDocument
from profiles.datamap import selectors
from profiles.datamap.rows import Row
from profiles.models import EventProperty, EventType, Source, Status, TraitDefinition
from profiles.uses import Entry

_MEETS: Mapping[str, Callable[[Row, Any], bool]] = {
    "kind": lambda row, kind: row.kind == kind,
    "source": lambda row, key: row.source is not None and row.source.key == key,
    "status": lambda row, status: row.entry.status == status,
    "serves": lambda row, serves: row.entry.serves == serves,
    "finding": lambda row, kind: any(finding.kind == kind for finding in row.findings),
    "segment": lambda row, key: any(use.kind == "segment" and use.key == key for use in row.uses),
    "used": lambda row, used: bool(row.uses) is used,
}


class DataMapView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(
        operation_id="data_map",
        parameters=[shapes.DataMapQuery],
        responses=shapes.DataMapDocument,
        examples=examples.DATA_MAP,
    )
    def get(self, request: Request) -> Response:
        """Read every trait, event and property with coverage, freshness, volume, findings and uses."""
        asked = {name: value for name, value in read_query(request, shapes.DataMapQuery).items() if value is not None}
        rows = selectors.data_map(actor=self.actor, now=clock.now())
        found = [row for row in rows if all(_MEETS[name](row, value) for name, value in asked.items())]
        return Response(shapes.DataMapDocument({"results": found}).data)


class EntryView(RegistryView):
    """A subclass says what its entries are, and how people describe them."""

    actions: ClassVar = {"GET": Action.READ, "PATCH": Action.ADMINISTER, "DELETE": Action.ADMINISTER}
    model: ClassVar[type[Entry]]
    shape: ClassVar[type[Strict]]

    def get(self, request: Request, number: int) -> Response:
        """Read all that is known of it: numbers, common values, days, uses."""
        read_query(request, Strict)
        return Response(self._shown(self._found(number)))

    def patch(self, request: Request, number: int) -> Response:
        """Name, describe and classify it, which accepts it if it is new; or hide it."""
        entry, said = self._found(number), read_body(request, self.shape)
        if said.pop("status", None) == Status.HIDDEN:
            if said:
                raise ValidationError({"status": "Say only this to hide it; describing it shows it again."})
            services.hide_entry(actor=self.actor, entry=entry)
        else:
            self.describe(entry, said)
        return Response(self._shown(entry))

    def delete(self, _request: Request, number: int) -> Response:
        """Take it out of the catalogue; refused, with what uses it, while something does."""
        services.remove_entry(actor=self.actor, entry=self._found(number))
        return Response(status=HTTPStatus.NO_CONTENT)

    def describe(self, entry: Any, said: dict[str, Any]) -> None:
        """Call the service of its kind."""
        raise NotImplementedError

    def _found(self, number: int) -> Entry:
        found: Any = get_object_or_404(self.model, pk=number)
        return found  # type: ignore[no-any-return]  # of one of three models

    def _shown(self, entry: Entry) -> Any:
        try:
            return shapes.EntryDocument(selectors.details(actor=self.actor, entry=entry, now=clock.now())).data
        except LookupError as error:
            raise Http404 from error


def _documented(name: str, shape: type[Strict]) -> Any:
    """What the schema says of the methods of a kind of entry."""
    told: dict[str, Any] = {"responses": shapes.EntryDocument, "examples": examples.ENTRY}
    return extend_schema_view(
        get=extend_schema(operation_id=f"catalogue_{name}", **told),
        patch=extend_schema(
            operation_id=f"catalogue_{name}_describe",
            request=shape,
            responses=shapes.EntryDocument,
            examples=[*examples.ENTRY, *examples.DESCRIBE],
        ),
        delete=extend_schema(operation_id=f"catalogue_{name}_remove", responses={204: None}),
    )


@_documented("trait", shapes.DescribeTrait)
class TraitView(EntryView):
    model = TraitDefinition
    shape = shapes.DescribeTrait

    def describe(self, entry: TraitDefinition, said: dict[str, Any]) -> None:
        services.describe_trait(actor=self.actor, trait=entry, **said)


@_documented("event", shapes.DescribeEvent)
class EventView(EntryView):
    model = EventType
    shape = shapes.DescribeEvent

    def describe(self, entry: EventType, said: dict[str, Any]) -> None:
        services.describe_event_type(actor=self.actor, event_type=entry, **said)


@_documented("property", shapes.DescribeProperty)
class PropertyView(EntryView):
    model = EventProperty
    shape = shapes.DescribeProperty

    def describe(self, entry: EventProperty, said: dict[str, Any]) -> None:
        services.describe_property(actor=self.actor, event_property=entry, **said)


class SourceView(RegistryView):
    actions: ClassVar = {"PATCH": Action.ADMINISTER}

    @extend_schema(
        operation_id="catalogue_source_change",
        request=shapes.ChangeSource,
        responses=SourceDocument,
        examples=examples.SOURCE,
    )
    def patch(self, request: Request, key: str) -> Response:
        """Name a source anew, or say how often it sends at the least."""
        source = get_object_or_404(Source, key=key)
        services.change_source(actor=self.actor, source=source, **read_body(request, shapes.ChangeSource))
        return Response(SourceDocument(source).data)
