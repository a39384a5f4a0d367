"""``segments`` and ``segments/{key}``: the list, the contract, and the verbs of a segment's life."""

from http import HTTPStatus
from typing import Any, ClassVar, Protocol

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.api.names import owner_named, team_named
from accounts.api.schema import IF_MATCH, IF_NONE_MATCH, UNCHANGED
from accounts.policy import Action
from lib.prepared import Prepared
from lib.rest.etags import etag_of, is_known, require_match
from lib.rest.serializers import Nothing, page_of, read_body
from segments import selectors, services
from segments.api import examples
from segments.api.queries import SegmentListQuery, filtered, ordering_of
from segments.api.serializers.segments import ChangeSegment, NewSegment, SegmentDocument, SegmentRow
from segments.health import with_health
from segments.models import Segment
from segments.services.contract import contract_of


def segment_of(actor: Actor, key: str) -> Segment:
    """The segment, if the actor may see it. Raises `Http404`."""
    rows = selectors.segments(actor=actor).select_related("team", "owner", "published__author")
    return get_object_or_404(rows, key=key)


TERMS = ("review_months", "expected_least", "expected_most", "notes", "tags")
TOLD = (
    "id",
    "name",
    "team__key",
    "owner__email",
    "decision",
    "freshness",
    "review_on",
    *TERMS,
    "state",
    "published_id",
)
"""All that `SegmentDocument` shows and that can change; versions never do, so their id stands for them."""


def tag_of(segment: Segment) -> str:
    """The ETag of a segment's document."""
    owner = segment.owner.email if segment.owner else None
    contract = [segment.name, segment.team.key, owner, segment.decision, segment.freshness, segment.review_on]
    contract += [getattr(segment, name) for name in TERMS]
    return etag_of(segment.pk, *contract, segment.state, segment.published_id)


def _tag_alone(actor: Actor, key: str) -> str:
    """`tag_of` in one small query, for clients that have the document already. Raises `Http404`.

    The view has asked whether the actor may read at all; a segment that is not open to all is looked for by policy.
    """
    told = _OPEN.first(key) or selectors.segments(actor=actor).filter(key=key).values_list(*TOLD).first()
    if told is None:
        raise Http404
    return etag_of(*told)


_OPEN = Prepared(lambda key: Segment.objects.filter(selectors.OPEN, key=key).order_by().values_list(*TOLD))


def answer(segment: Segment, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """The segment as a document with its tag."""
    return Response(SegmentDocument(segment).data, status, headers={"ETag": tag_of(segment)})


class SegmentsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "POST": Action.EDIT}

    @extend_schema(
        parameters=[SegmentListQuery],
        responses=page_of(SegmentRow),
        examples=examples.SEGMENTS,
    )
    def get(self, request: Request) -> Response:
        """List segments with their numbers, filtered as on the page of segments.

        Drafts are listed for the people of their team.
        """
        ordering = ordering_of(request)
        rows = with_health(selectors.segments(actor=self.actor).select_related("team", "owner", "published"))
        return self.page(filtered(request, rows), _rows, ordering=ordering)

    @extend_schema(request=NewSegment, responses={201: SegmentDocument}, examples=examples.NEW_SEGMENT)
    def post(self, request: Request) -> Response:
        """Make a segment: a draft, until a version is published."""
        asked = read_body(request, NewSegment)
        team, owner = team_named(asked.pop("team")), owner_named(asked.pop("owner", None))
        made = services.create_segment(actor=self.actor, team=team, owner=owner, **asked)
        response = answer(segment_of(self.actor, made.key), HTTPStatus.CREATED)
        response.headers["Location"] = reverse("api-segment", args=[made.key])
        return response


class SegmentView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "PATCH": Action.EDIT}

    @extend_schema(
        parameters=[IF_NONE_MATCH],
        responses={200: SegmentDocument, 304: UNCHANGED},
        examples=examples.SEGMENT,
    )
    def get(self, request: Request, key: str) -> Response:
        """Read the contract of a segment and its rule in force, with its `ETag`."""
        tag = _tag_alone(self.actor, key)
        if is_known(request, tag):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        return answer(segment_of(self.actor, key))

    @extend_schema(
        parameters=[IF_MATCH], request=ChangeSegment, responses=SegmentDocument, examples=examples.CHANGE_SEGMENT
    )
    def patch(self, request: Request, key: str) -> Response:
        """Change what surrounds the rule; the rule changes by a new version."""
        segment = segment_of(self.actor, key)
        require_match(request, tag_of(segment))
        asked = read_body(request, ChangeSegment, partial=True)
        if "owner" in asked:
            asked["owner"] = owner_named(asked["owner"])
        services.change_contract(actor=self.actor, segment=segment, **contract_of(segment) | asked)
        return answer(segment_of(self.actor, key))


class _Verb(Protocol):
    def __call__(self, *, actor: Actor, segment: Segment) -> Any: ...


def _done(view: RegistryView, request: Request, key: str, verb: _Verb) -> Response:
    """The segment after one of the services that need nothing else."""
    read_body(request, Nothing)
    verb(actor=view.actor, segment=segment_of(view.actor, key))
    return answer(segment_of(view.actor, key))


class PauseSegmentView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=SegmentDocument)
    def post(self, request: Request, key: str) -> Response:
        """Keep the members as they are until the segment is resumed."""
        return _done(self, request, key, services.pause)


class ResumeSegmentView(RegistryView):
    actions: ClassVar = {"POST": Action.EDIT}

    @extend_schema(request=Nothing, responses=SegmentDocument)
    def post(self, request: Request, key: str) -> Response:
        """Keep the members fresh again, beginning now."""
        return _done(self, request, key, services.resume)


class RetireSegmentView(RegistryView):
    actions: ClassVar = {"POST": Action.APPROVE}

    @extend_schema(request=Nothing, responses=SegmentDocument)
    def post(self, request: Request, key: str) -> Response:
        """End a segment for good; its key stays taken."""
        return _done(self, request, key, services.retire)


def _rows(segments: Any) -> list[Any]:
    return list(SegmentRow(segments, many=True).data)
