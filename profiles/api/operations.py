"""``operations``: how the installation is, in numbers."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import RegistryView
from accounts.policy import Action
from lib.rest.serializers import Strict, read_query
from profiles import operations
from profiles.models import Upkeep


class TableSize(serializers.Serializer[Any]):
    """One table of the lake, at the version that readers see."""

    name = serializers.CharField()
    version = serializers.IntegerField()
    files = serializers.IntegerField()
    bytes = serializers.IntegerField()
    rows = serializers.IntegerField()


class LakeState(serializers.Serializer[Any]):
    """The lake, and what waits for it."""

    bytes = serializers.IntegerField()
    files = serializers.IntegerField()
    waiting_events = serializers.IntegerField()
    changed_profiles = serializers.IntegerField()
    changed_companies = serializers.IntegerField()
    staged_files = serializers.IntegerField()
    open_batches = serializers.IntegerField()
    retired_files = serializers.IntegerField(help_text="To be deleted once nobody reads them.")
    redirects = serializers.IntegerField(help_text="Ids of merged and erased people that the lake still has.")
    readers = serializers.IntegerField()
    oldest_reader = serializers.DateTimeField(allow_null=True)
    written_until = serializers.DateTimeField(allow_null=True, help_text="The lease of its writer.")
    tables = TableSize(many=True)


class Care(serializers.Serializer[Any]):
    """The last time that one kind of care was taken."""

    kind = serializers.ChoiceField(choices=Upkeep.Kind.choices)
    finished_at = serializers.DateTimeField(allow_null=True)
    milliseconds = serializers.IntegerField(allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    failed_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()


class OperationsDocument(serializers.Serializer[Any]):
    """How the installation is."""

    at = serializers.DateTimeField()
    lake = LakeState()
    upkeep = Care(many=True)
    queues = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="Messages that wait; null: no answer."
    )
    signs = serializers.DictField(
        child=serializers.DateTimeField(allow_null=True), help_text="When a tick last reached a worker of the queue."
    )
    erasures = serializers.DictField(child=serializers.IntegerField(), help_text="Not over yet, by state.")
    imports = serializers.DictField(child=serializers.IntegerField(), help_text="Not over yet, by state.")
    runs = serializers.DictField(child=serializers.JSONField(), help_text="Runs of segments.")
    signals = serializers.DictField(child=serializers.JSONField(), help_text="Changes that members wait for.")
    sync_runs = serializers.DictField(child=serializers.JSONField(), help_text="Runs of activations.")


class OperationsView(RegistryView):
    actions: ClassVar = {"GET": Action.ADMINISTER}

    @extend_schema(operation_id="operations", responses=OperationsDocument)
    def get(self, request: Request) -> Response:
        """Read how the installation is: sizes, what waits, what care was taken of the lake, queues."""
        read_query(request, Strict)
        return Response(OperationsDocument(operations.state(actor=self.actor)).data)
