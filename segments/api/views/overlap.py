"""``segments/{key}/overlap`` and ``overlap``: how far segments are the same people."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.api.throttles import Heavy
from accounts.policy import Action
from lib.rest.serializers import Strict, read_query
from segments import selectors
from segments.api.views.segments import segment_of
from segments.overlap import MOST_IN_A_VENN, Pair, neighbours, venn
from segments.presence import KEPT


class Neighbour(serializers.Serializer[Pair]):
    """Another segment of the same unit that has somebody in common with this one."""

    segment = serializers.CharField(source="other.key")
    members = serializers.IntegerField(source="of_other", help_text="Of the other one.")
    both = serializers.IntegerField(help_text="How many are in both.")
    share = serializers.FloatField(help_text="Of this segment's members those who are in the other too, from 0 to 1.")
    alike = serializers.FloatField(help_text="Of all who are in either those who are in both.")


class Neighbours(serializers.Serializer[Any]):
    """The others, the likest first."""

    overlaps = Neighbour(many=True)


class VennQuery(Strict):
    """Two or three segments of one unit."""

    segment = serializers.CharField(help_text="A key; given two or three times.")


class RegionDocument(serializers.Serializer[Any]):
    """Who is in all of these and in none of the others that were asked for."""

    inside = serializers.ListField(child=serializers.CharField())
    members = serializers.IntegerField()


class VennDocument(serializers.Serializer[Any]):
    """Every region, the empty ones too."""

    regions = RegionDocument(many=True)


class NeighboursView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}
    throttle_classes = (Heavy,)

    @extend_schema(responses=Neighbours)
    def get(self, request: Request, key: str) -> Response:
        """Compare the members of a segment with those of every live or paused one of its unit."""
        read_query(request, Strict)
        segment = segment_of(self.actor, key)
        rows = selectors.segments(actor=self.actor).filter(unit=segment.unit, state__in=KEPT).exclude(pk=segment.pk)
        return Response(Neighbours({"overlaps": neighbours(segment, list(rows))}).data)


class VennView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}
    throttle_classes = (Heavy,)

    @extend_schema(parameters=[VennQuery], responses=VennDocument)
    def get(self, request: Request) -> Response:
        """Count every region of two or three segments: who is in which of them."""
        read_query(request, VennQuery)
        keys = list(dict.fromkeys(request.query_params.getlist("segment")))
        if not 2 <= len(keys) <= MOST_IN_A_VENN:
            raise ValidationError({"segment": ["Name two or three different segments."]})
        rows = selectors.segments(actor=self.actor)
        segments = [get_object_or_404(rows, key=key) for key in keys]
        if len({segment.unit for segment in segments}) > 1:
            raise ValidationError({"segment": ["Name segments that count the same: people or companies."]})
        return Response(VennDocument({"regions": venn(segments)}).data)
