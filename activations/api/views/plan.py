"""``segments/{key}/plan``: what would change for whom if a definition were in force."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.api.base import RegistryView
from accounts.api.idempotency import Answers
from accounts.api.throttles import Heavy
from accounts.policy import Action
from activations import plans
from lib.rest.serializers import Strict, read_body, read_query
from segments import selectors, services
from segments.api import definitions
from segments.api.serializers.definitions import DefinitionField
from segments.api.views.segments import segment_of
from segments.api.views.versions import version_of
from segments.discretion import may_break_down
from segments.engine import EngineError
from segments.models import Segment, SegmentVersion
from segments.planning import look_ahead
from segments.planning.breakdown import TYPES
from segments.registry import load_catalogue
from segments.rules.catalogue import Unit
from segments.rules.documents import Loaded
from segments.rules.errors import DefinitionErrors


class PlanQuery(Strict):
    """Which version, and by what to break it down."""

    version = serializers.IntegerField(required=False, min_value=1, help_text="The newest one if it is left out.")
    by = serializers.CharField(required=False, help_text="A text or boolean trait of what the segment counts.")


class PlanRequest(PlanQuery):
    """A version, or a definition that is not saved yet."""

    definition = DefinitionField(required=False, help_text="Instead of a version.")


class Moved(serializers.Serializer[Any]):
    """What becomes of one segment."""

    segment = serializers.CharField()
    before = serializers.IntegerField(help_text="Members by the definition in force, at this instant.")
    after = serializers.IntegerField(help_text="Members as it would be.")
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    failure = serializers.CharField(help_text="Why it can't be told; empty where it can.")


class Moves(serializers.Serializer[Any]):
    """What one activation would do at its next sync."""

    activation = serializers.CharField()
    segment = serializers.CharField()
    state = serializers.CharField()
    present = serializers.IntegerField(help_text="How many are over there now.")
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    asks = serializers.BooleanField(help_text="Whether the sync would stop and ask a person first.")


class Broken(serializers.Serializer[Any]):
    """Who has one value of the trait; null: no value, empty: all other values."""

    value = serializers.CharField(allow_null=True)
    entered = serializers.IntegerField()
    left = serializers.IntegerField()


class Sample(serializers.Serializer[Any]):
    """A few by external id."""

    entered = serializers.ListField(child=serializers.CharField())
    left = serializers.ListField(child=serializers.CharField())


class PlanDocument(Moved):
    """All that would change."""

    as_of = serializers.DateTimeField(help_text="The instant at which both definitions were evaluated.")
    milliseconds = serializers.FloatField()
    sample = Sample(allow_null=True, help_text="For who may see members; null for others.")
    by = serializers.CharField(allow_null=True)
    breakdown = Broken(many=True)
    dependents = Moved(many=True, help_text="The live segments that name this one, directly or through others.")
    activations = Moves(many=True)
    warnings = serializers.ListField(child=serializers.CharField())


class PlanView(RegistryView):
    actions: ClassVar = {"GET": Action.READ, "POST": Action.READ}
    answers = Answers.READ_ONLY
    throttle_classes = (Heavy,)

    @extend_schema(parameters=[PlanQuery], responses=PlanDocument)
    def get(self, request: Request, key: str) -> Response:
        """Say what publishing a version would change: members, segments that name it, activations."""
        return self._plan(key, read_query(request, PlanQuery))

    @extend_schema(request=PlanRequest, responses=PlanDocument)
    def post(self, request: Request, key: str) -> Response:
        """Say the same of a version, or of a definition that is not saved yet. Nothing is changed."""
        return self._plan(key, read_body(request, PlanRequest))

    def _plan(self, key: str, asked: dict[str, Any]) -> Response:
        segment = segment_of(self.actor, key)
        document = asked.get("definition")
        if document is None:
            document = self._version(segment, asked.get("version")).definition
        try:
            services.checked(segment, Loaded(document), actor=self.actor)
        except DefinitionErrors as errors:
            raise definitions.mistakes_of(errors) from errors
        by = _trait(self.actor, segment, asked.get("by"))
        try:
            outlook = look_ahead(segment, document, actor=self.actor)
        except EngineError as error:
            raise definitions.problem_of_engine(error) from error
        return Response(PlanDocument(plans.describe(outlook, actor=self.actor, by=by)).data)

    def _version(self, segment: Segment, number: int | None) -> SegmentVersion:
        if number is not None:
            return version_of(self.actor, segment, number)
        newest = selectors.newest_version(actor=self.actor, segment=segment)
        if newest is None:
            raise ValidationError({"version": ["This segment has no version yet: send a definition."]})
        return newest


def _trait(actor: Actor, segment: Segment, by: str | None) -> str | None:
    if by is None:
        return None
    field = load_catalogue().traits(Unit(segment.unit)).get(by)
    if field is None or field.type not in TYPES:
        raise ValidationError({"by": ["Name a text or boolean trait of what the segment counts."]})
    if not may_break_down(actor, field):
        raise PermissionDenied(f"The trait '{by}' is personal data: name another one.")
    return by
