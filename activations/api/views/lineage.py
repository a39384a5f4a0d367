"""``segments/{key}/lineage``: where a segment comes from and where it goes."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from activations.lineage import lineage
from lib.rest.serializers import Strict, read_query
from segments.api.views.segments import segment_of


class Read(serializers.Serializer[Any]):
    """A trait, an event or a property."""

    kind = serializers.CharField(help_text="`profile` or `company` for a trait, `event`, or `property`.")
    name = serializers.CharField(help_text="As it was sent; of a property the event.")
    property = serializers.CharField(allow_null=True)
    own = serializers.BooleanField(help_text="Whether its own definition names it, and not one that it names.")


class NamedBy(serializers.Serializer[Any]):
    """A segment that depends on this one."""

    segment = serializers.CharField()
    through = serializers.ListField(child=serializers.CharField(), help_text="What of the way it names itself.")


class SentBy(serializers.Serializer[Any]):
    """An activation of this segment, or of one that depends on it."""

    activation = serializers.CharField()
    segment = serializers.CharField()
    destination = serializers.CharField(help_text="The kind of tool.")
    state = serializers.CharField()


class LineageDocument(serializers.Serializer[Any]):
    """All that it depends on, and all that depends on it."""

    segment = serializers.CharField()
    reads = Read(many=True)
    names = serializers.ListField(child=serializers.CharField(), help_text="Segments that it depends on.")
    named_by = NamedBy(many=True)
    activations = SentBy(many=True)


class LineageView(RegistryView):
    actions: ClassVar = {"GET": Action.READ}

    @extend_schema(responses=LineageDocument)
    def get(self, request: Request, key: str) -> Response:
        """Say what a segment in force depends on, directly and through others, and what depends on it."""
        read_query(request, Strict)
        return Response(LineageDocument(lineage(actor=self.actor, segment=segment_of(self.actor, key))).data)
