"""``reviews`` and ``segments/{key}/reviews``: what is due to be looked at again, and what was decided."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib import clock
from lib.rest.serializers import PageQuery, Strict, page_of, read_body, read_query
from segments import selectors, services
from segments.api.serializers.segments import SegmentRow
from segments.api.views.segments import segment_of
from segments.health import with_health
from segments.models import Review


class ReviewDocument(serializers.Serializer[Review]):
    """One decision."""

    id = serializers.IntegerField()
    decision = serializers.ChoiceField(choices=Review.Decision.choices)
    note = serializers.CharField()
    into = serializers.CharField(source="into.key", allow_null=True, default=None, help_text="Of a merge.")
    decided_by = serializers.EmailField(source="decided_by.email", allow_null=True, default=None)
    decided_at = serializers.DateTimeField()
    due_on = serializers.DateField(allow_null=True, help_text="When the review was due.")
    next_on = serializers.DateField(allow_null=True, help_text="When it is looked at again; null once retired.")


class Decide(Strict):
    """What is decided."""

    decision = serializers.ChoiceField(choices=Review.Decision.choices)
    note = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=10_000, help_text="Why; needed to retire."
    )
    into = serializers.CharField(required=False, help_text="Of a merge: the key of the segment that stays.")


class DueReviewsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(parameters=[PageQuery], responses=page_of(SegmentRow))
    def get(self, request: Request) -> Response:
        """List the segments whose review is due, of the teams in which you edit."""
        read_query(request, PageQuery)
        rows = selectors.due_for_review(actor=self.actor, by=timezone.localtime(clock.now()).date())
        listed = with_health(rows.select_related("team", "owner", "published"))
        return self.page(listed, _segments, ordering="id")


class ReviewsView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "POST": Action.EDIT}

    @extend_schema(parameters=[PageQuery], responses=page_of(ReviewDocument))
    def get(self, request: Request, key: str) -> Response:
        """List what was decided about a segment, the newest first."""
        read_query(request, PageQuery)
        rows = selectors.reviews(actor=self.actor, segment=segment_of(self.actor, key))
        return self.page(rows, _reviews, ordering="-id")

    @extend_schema(request=Decide, responses={201: ReviewDocument})
    def post(self, request: Request, key: str) -> Response:
        """Decide to keep, change, merge or retire a segment, which sets when it is looked at again.

        Retiring needs the role approver and a note, and is refused (409) while others refer to it.
        """
        asked = read_body(request, Decide)
        into = segment_of(self.actor, asked.pop("into")) if "into" in asked else None
        done = services.decide_review(actor=self.actor, segment=segment_of(self.actor, key), into=into, **asked)
        return Response(ReviewDocument(done).data, HTTPStatus.CREATED)


def _segments(rows: Any) -> list[Any]:
    return list(SegmentRow(rows, many=True).data)


def _reviews(rows: Any) -> list[Any]:
    return list(ReviewDocument(rows, many=True).data)
