"""What requests about connections and activations hold, and what the answers say."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from activations.destinations import kind as destination_kind
from activations.destinations import kinds
from activations.models import Activation, Connection, Delivery, SyncRun
from activations.models.activations import SHORTEST_INTERVAL
from lib.rest.serializers import PageQuery, SecondsField, Strict
from profiles.models import Channel

KEY = r"^[-a-zA-Z0-9_]+\Z"
TEAM_ONLY = "Null for others than the connection's team."
LARGEST = 2**63 - 1


class FieldDocument(serializers.Serializer[Any]):
    """One value that a connection of this kind needs."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a name that REST framework uses for itself too
    help = serializers.CharField()
    default = serializers.CharField()
    choices = serializers.DictField(child=serializers.CharField(), help_text="Value to label; empty: any text.")
    pattern = serializers.CharField(help_text="A regular expression for the whole value; empty: any.")
    required = serializers.BooleanField()  # type: ignore[assignment]
    secret = serializers.BooleanField(help_text="Written and never shown again.")


class DestinationDocument(serializers.Serializer[Any]):
    """A kind of tool."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    modes = serializers.ListField(child=serializers.ChoiceField(choices=Activation.Mode.choices))
    identifiers = serializers.ListField(child=serializers.CharField(), help_text="What it can recognise people by.")
    batch_size = serializers.IntegerField()
    channels = serializers.ListField(
        child=serializers.CharField(), help_text="The ways in which it reaches people: an activation names one of them."
    )
    policies = serializers.ListField(
        child=serializers.CharField(), help_text="What it can do with a field that holds something already."
    )
    fields = FieldDocument(many=True)  # type: ignore[assignment]


class ConnectionDocument(serializers.Serializer[Connection]):
    """One configured account at a destination."""

    id = serializers.IntegerField()
    team = serializers.CharField(source="team.key")
    kind = serializers.CharField()
    name = serializers.CharField()
    config = serializers.SerializerMethodField(help_text="The values of the declared fields, without the secret ones.")
    created_at = serializers.DateTimeField()

    def get_config(self, connection: Connection) -> dict[str, str]:
        """Only what its kind declares and does not call a secret; nothing of a kind that is gone."""
        try:
            declared = destination_kind(connection.kind).fields
        except LookupError:
            return {}
        return {field.key: connection.config.get(field.key, "") for field in declared if not field.secret}


class Config(serializers.DictField):
    """Values by the fields that the kind declares."""

    child = serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=10_000)


class ChangeConnection(Strict):
    """What is left out stays, secrets among it."""

    name = serializers.CharField(max_length=150)
    config = Config(help_text="See `destinations`. Secrets are written and never shown again.")


class NewConnection(ChangeConnection):
    """An account at a tool, for one team."""

    team = serializers.CharField(help_text="Its key.")
    kind = serializers.ChoiceField(choices=sorted(kinds()))
    config = Config(default=dict, help_text="See `destinations`. Secrets are written and never shown again.")


class TestAnswer(serializers.Serializer[Any]):
    """Whether a connection works."""

    works = serializers.BooleanField()
    problem = serializers.CharField(help_text="What is wrong, and what to do; empty if it works.")


class ColumnField(serializers.JSONField):
    """One column of the mapping, as docs/activations.md says."""


class ChangeActivation(Strict):
    """What is left out stays."""

    name = serializers.CharField(max_length=150)
    segment = serializers.CharField(help_text="Its key.")
    connection = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text="Its id.")
    purpose = serializers.ChoiceField(choices=Activation.Purpose.choices, required=False)
    channel = serializers.ChoiceField(
        choices=Channel.choices,
        required=False,
        allow_blank=True,
        help_text="Whose consent counts; empty: none is asked.",
    )
    holdout = serializers.IntegerField(required=False, min_value=0, max_value=50, help_text="Percent that get nothing.")
    mode = serializers.ChoiceField(choices=Activation.Mode.choices, required=False)
    columns = serializers.ListField(child=serializers.DictField(), help_text="What is sent; see docs/activations.md.")
    schedule = serializers.ChoiceField(choices=Activation.ScheduleKind.choices, required=False)
    interval_seconds = SecondsField(
        source="interval",
        required=False,
        allow_null=True,
        min_value=int(SHORTEST_INTERVAL.total_seconds()),
        max_value=366 * 86_400,
    )
    daily_at = serializers.TimeField(required=False, allow_null=True, format="%H:%M", help_text="`06:00`")
    timezone = serializers.CharField(required=False, max_length=64, help_text="Whose clocks: `Europe/London`.")
    removal_limit = serializers.IntegerField(
        required=False, min_value=0, max_value=100, help_text="Percent; a sync that would remove more asks first."
    )


class NewActivation(ChangeActivation):
    """The standing instruction segment → connection."""

    key = serializers.RegexField(KEY, max_length=100, help_text="The name in commands and addresses.")


class SyncRunDocument(serializers.Serializer[SyncRun]):
    """One execution of one activation. Counts are of people (or companies)."""

    id = serializers.IntegerField()
    activation = serializers.CharField(source="activation.key")
    segment = serializers.CharField(source="activation.segment.key")
    segment_run = serializers.IntegerField(source="segment_run_id", allow_null=True)
    members_as_of = serializers.DateTimeField(source="segment_run.as_of", allow_null=True, default=None)
    trigger = serializers.ChoiceField(choices=SyncRun.Trigger.choices)
    state = serializers.ChoiceField(choices=SyncRun.State.choices)
    attempts = serializers.IntegerField()
    queued_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    funnel = serializers.ListField(
        source="whole_funnel",
        child=serializers.DictField(),
        help_text="From the members to the audience, and once the run is over to those delivered.",
    )
    added = serializers.IntegerField()
    updated = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField(help_text="Refused by the tool in this run.")
    skipped = serializers.IntegerField(help_text="Refused before and unchanged since, or gone before their turn.")
    removals_planned = serializers.IntegerField(allow_null=True)
    failure_code = serializers.CharField()
    failure = serializers.CharField(allow_null=True, help_text=f"What went wrong, and what to do. {TEAM_ONLY}")
    note = serializers.CharField(help_text="What is worth knowing of a run that worked.")


class ActivationDocument(serializers.Serializer[Activation]):
    """A standing instruction. `columns`, `connection` and what went wrong are for the connection's team only."""

    key = serializers.CharField()
    name = serializers.CharField()
    segment = serializers.CharField(source="segment.key")
    team = serializers.CharField(source="connection.team.key")
    kind = serializers.CharField(source="connection.kind", help_text="Of the destination.")
    state = serializers.ChoiceField(choices=Activation.State.choices)
    purpose = serializers.ChoiceField(choices=Activation.Purpose.choices)
    channel = serializers.ChoiceField(choices=Channel.choices, allow_blank=True, help_text="Whose consent counts.")
    holdout = serializers.IntegerField(help_text="Percent that get nothing.")
    mode = serializers.ChoiceField(choices=Activation.Mode.choices)
    schedule = serializers.ChoiceField(choices=Activation.ScheduleKind.choices)
    interval_seconds = SecondsField(source="interval", allow_null=True)
    daily_at = serializers.TimeField(allow_null=True, format="%H:%M")
    timezone = serializers.CharField()
    next_due = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    connection = serializers.IntegerField(source="connection_id", allow_null=True, help_text=f"Its id. {TEAM_ONLY}")
    columns = serializers.ListField(child=serializers.DictField(), allow_null=True, help_text=TEAM_ONLY)
    removal_limit = serializers.IntegerField(allow_null=True, help_text=f"Percent. {TEAM_ONLY}")
    stopped_because = serializers.CharField(allow_null=True, help_text=f"What is wrong, and what to do. {TEAM_ONLY}")


class DeliveryDocument(serializers.Serializer[Any]):
    """What one tool has of one person by one key."""

    key = serializers.CharField(help_text="As it was sent: hashed, where the tool wants that.")
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    delivered_at = serializers.DateTimeField(allow_null=True, help_text="When the tool first took it.")
    reason = serializers.CharField(help_text="Why the tool refused it; empty if it did not.")
    sync_run = serializers.IntegerField(allow_null=True)


class WhereaboutsDocument(serializers.Serializer[Any]):
    """One activation that concerns a person."""

    activation = serializers.CharField(help_text="Its key.")
    segment = serializers.CharField(help_text="Its key.")
    connection = serializers.IntegerField(help_text="Its id.")
    kind = serializers.CharField(help_text="Of the destination.")
    why_not = serializers.CharField(help_text="Why nothing of them is over there although they are in the segment.")
    deliveries = DeliveryDocument(many=True)


class SyncRunQuery(PageQuery):
    """Which runs."""

    activation = serializers.CharField(required=False, help_text="A key.")
    state = serializers.ChoiceField(choices=SyncRun.State.choices, required=False)


class ActivationQuery(PageQuery):
    """Which activations."""

    segment = serializers.CharField(required=False, help_text="A key.")
    state = serializers.ChoiceField(choices=Activation.State.choices, required=False)


SHOWN_TO_THE_TEAM = ("connection", "columns", "removal_limit", "stopped_because")


def show_activation(activation: Activation, *, with_details: bool) -> dict[str, Any]:
    """The document, for somebody of the connection's team or for others."""
    document: Mapping[str, Any] = ActivationDocument(activation).data
    return dict(document) if with_details else {**document, **dict.fromkeys(SHOWN_TO_THE_TEAM)}


def show_run(run: SyncRun, *, with_details: bool) -> dict[str, Any]:
    """The document, for somebody of the connection's team or for others."""
    document: Mapping[str, Any] = SyncRunDocument(run).data
    return dict(document) if with_details else {**document, "failure": None}
