"""``segments/{key}/members`` and ``memberships/check``: who is in a segment."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.utils.urls import replace_query_param

from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.api.idempotency import Answers
from accounts.api.throttles import Heavy
from accounts.policy import Action
from lib.prepared import Prepared
from lib.rest.serializers import PageQuery, Strict, read_body, read_query
from lib.rest.streams import NDJSON, csv_file, ndjson
from profiles.disclosures import disclose
from segments import selectors
from segments.api import examples, paging
from segments.api.serializers.members import Checked, CheckRequest, MembersPage
from segments.api.views.segments import segment_of
from segments.external_ids import names_of
from segments.lookups import holders
from segments.members import find_members
from segments.models import Segment
from segments.rosters import COLUMN, every_name
from segments.rules.catalogue import Unit

SEPARATOR = chr(31)
"""Stands in no key."""


class NdjsonRenderer(JSONRenderer):
    """Chooses the stream by `Accept`; what it renders itself are problems, as JSON."""

    media_type = NDJSON
    format = "ndjson"


class CsvRenderer(JSONRenderer):
    """Likewise for CSV."""

    media_type = "text/csv"
    format = "csv"


class MembersView(RegistryView):
    actions: ClassVar = {"GET": Action.READ_MEMBERS}
    renderer_classes = (JSONRenderer, NdjsonRenderer, CsvRenderer)

    def get_throttles(self) -> list[BaseThrottle]:
        """A stream is heavy, a page is not."""
        is_page = self.request.accepted_renderer.media_type == JSONRenderer.media_type
        return super().get_throttles() if is_page else [Heavy()]

    @extend_schema(
        parameters=[PageQuery],
        responses={
            (200, "application/json"): MembersPage,
            (200, NDJSON): OpenApiResponse(OpenApiTypes.STR, "One JSON object per line."),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A file with one column."),
        },
        examples=examples.MEMBERS,
    )
    def get(self, request: Request, key: str) -> Response | StreamingHttpResponse:
        """List the members of the last good run, in no particular order.

        JSON comes in pages, all of one run. `Accept: application/x-ndjson` or `text/csv` streams all of them. Reading
        members is written to the audit log.
        """
        segment = segment_of(self.actor, key)
        if isinstance(request.accepted_renderer, NdjsonRenderer):
            return ndjson({COLUMN: name} for name in self._all(request, segment))
        if isinstance(request.accepted_renderer, CsvRenderer):
            return csv_file(f"{segment.key}.csv", [COLUMN], ([name] for name in self._all(request, segment)))
        return Response(self._page(request, segment))

    def _all(self, request: Request, segment: Segment) -> Iterator[str]:
        read_query(request, Strict)
        return every_name(actor=self.actor, segment=segment)

    def _page(self, request: Request, segment: Segment) -> dict[str, Any]:
        asked = read_query(request, PageQuery)
        place = paging.read_place(asked["cursor"]) if "cursor" in asked else None
        stored = paging.stored(segment, place.run if place else None)
        after, limit = place.after if place else -1, asked.get("limit", paging.USUAL)
        shown, is_more = paging.behind(stored.members, after, limit)
        disclose(actor=self.actor, what="members", number=len(shown), target=segment, team=segment.team)
        following = None
        if stored.run is not None and is_more:
            cursor = paging.Place(stored.run.pk, shown[-1]).written()
            following = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return {
            "next": following,
            "run": stored.run.pk if stored.run else None,
            "as_of": stored.run.as_of if stored.run else None,
            "total": len(stored.members),
            "results": names_of(Unit(segment.unit), shown),
        }


class CheckMembershipsView(RegistryView):
    actions: ClassVar = {"POST": Action.READ_MEMBERS}
    answers = Answers.READ_ONLY

    @extend_schema(request=CheckRequest, responses=Checked, examples=examples.CHECK)
    def post(self, request: Request) -> Response:
        """Check which of up to 1,000 profiles (or companies) are in which of up to 500 segments.

        The answer is as of each segment's last good run. At most 50,000 pairs at once.
        """
        asked = read_body(request, CheckRequest)
        unit = Unit(asked["unit"])
        segments = _segments(self.actor, asked["segments"], unit)
        ids = find_members(unit, asked["ids"])
        disclose(actor=self.actor, what="memberships", number=len(ids))
        found = holders(segments.values(), ids.values())
        shown = {name: {key: found[pk][segment] for key, segment in segments.items()} for name, pk in ids.items()}
        return Response({"results": {name: shown.get(name) for name in asked["ids"]}})


def _open_segments(keys: str) -> QuerySet[Segment, Any]:
    """Of those keys the ones that all staff may know of."""
    asked = RawSQL("SELECT unnest(string_to_array(%s, chr(31)))", [keys])  # one parameter, not one for each key
    return Segment.objects.filter(selectors.OPEN, key__in=asked).order_by().values_list("key", "pk", "unit")


_OPEN = Prepared(_open_segments)


def _segments(actor: Actor, keys: list[str], unit: Unit) -> dict[str, int]:
    """Key → id. Raises `ValidationError` for each that can't be checked."""
    known = {key: (pk, own) for key, pk, own in _OPEN.all(SEPARATOR.join(keys))}
    others = [key for key in keys if key not in known]
    if others:
        rows = selectors.segments(actor=actor).filter(key__in=others).order_by().values_list("key", "pk", "unit")
        known |= {key: (pk, own) for key, pk, own in rows}
    mistakes: dict[str, list[str]] = {}
    for place, key in enumerate(keys):
        if key not in known:
            mistakes[f"segments[{place}]"] = [f"There is no segment '{key}'."]
        elif known[key][1] != unit:
            mistakes[f"segments[{place}]"] = [f"The segment '{key}' does not count {unit}s."]
    if mistakes:
        raise ValidationError(mistakes, "unknown_segment")
    return {key: known[key][0] for key in keys}
