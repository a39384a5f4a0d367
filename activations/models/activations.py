"""What a company has decided to send where: connections to tools, and standing instructions."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Team
from activations.schedules import Daily, Interval, Schedule
from profiles.models import Channel
from segments.models import Segment

SHORTEST_INTERVAL = timedelta(seconds=5)
COMPARED_EVERY = timedelta(hours=1)
"""How often an activation that follows changes compares everything, unless its interval says otherwise."""


class Connection(models.Model):
    """One configured account at a destination. `config` holds the values of the fields that its kind declares, but for
    those declared secret: `secrets` holds these by field, each encrypted (`activations.connections`)."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="connections")
    kind = models.CharField(max_length=63, help_text="The folder below activations/destinations/.")
    name = models.CharField(max_length=150)
    config = models.JSONField(default=dict, blank=True)
    secrets = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("team", "name"),
                name="connection_name_unique",
                violation_error_message="The team has a connection of this name already.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Activation(models.Model):
    """The standing instruction segment → connection. `next_due` is by the database's clock; null means never."""

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused", "paused by a person"
        STOPPED = "stopped", "stopped by an error that a person must mend"

    class Mode(models.TextChoices):
        """`activations.destinations.base.Mode`, with words for people."""

        MIRROR = "mirror", "only what changed: who comes, who changes, who goes"
        UPDATE = "update", "who comes and who changes; nobody is taken away for leaving"
        ADD = "add", "who comes, once; later changes are not sent, and nobody is taken away for leaving"
        REPLACE = "replace", "the whole audience each time"

    class Purpose(models.TextChoices):
        """What the tool does with the people."""

        OUTREACH = "outreach", "to reach them: messages, calls, ads"
        SUPPRESSION = "suppression", "to keep them out: a suppression audience"
        SEED = "seed", "to find others like them: a lookalike seed"

    class ScheduleKind(models.TextChoices):
        MANUAL = "manual", "only by hand"
        INTERVAL = "interval", "every so often"
        DAILY = "daily", "every day at a time"
        CHANGE = "change", "at once when members come or go"

    key = models.SlugField(max_length=100, unique=True, help_text="The name in commands and in the API.")
    name = models.CharField(max_length=150)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="activations")
    state = models.CharField(max_length=7, choices=State, default=State.ACTIVE)
    stopped_because = models.TextField(blank=True, help_text="What is wrong, and what to do.")
    purpose = models.CharField(
        max_length=11, choices=Purpose, default=Purpose.OUTREACH, help_text="What the tool does with the people."
    )
    channel = models.CharField(
        max_length=5,
        choices=Channel,
        blank=True,
        default="",
        help_text="The way in which the tool reaches people: only those are sent who agreed to it. Empty for a tool of "
        "your own.",
    )
    holdout = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(50)],
        help_text="The percentage that gets nothing: the same people in every activation of the segment.",
    )
    mode = models.CharField(max_length=7, choices=Mode, default=Mode.MIRROR)
    columns = models.JSONField(help_text="What is sent, in order; see docs/activations.md.")
    schedule = models.CharField(max_length=8, choices=ScheduleKind, default=ScheduleKind.MANUAL)
    interval = models.DurationField(null=True, blank=True, validators=[MinValueValidator(SHORTEST_INTERVAL)])
    daily_at = models.TimeField(null=True, blank=True, help_text="By the clocks of the timezone.")
    timezone = models.CharField(max_length=64, default="UTC", help_text="An IANA name, such as Europe/London.")
    next_due = models.DateTimeField(null=True, blank=True, editable=False)
    removal_limit = models.PositiveSmallIntegerField(
        default=20,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="A sync that would remove more than this percentage of the audience stops and asks.",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        indexes = (models.Index(fields=("next_due",), condition=models.Q(state="active"), name="activation_due"),)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(schedule="interval") | models.Q(interval__isnull=False),
                name="interval_is_given",
                violation_error_message="Say how often: the interval is empty.",
            ),
            models.CheckConstraint(
                condition=~models.Q(schedule="daily") | models.Q(daily_at__isnull=False),
                name="daily_time_is_given",
                violation_error_message="Say at what time of the day: it is empty.",
            ),
            models.CheckConstraint(
                condition=models.Q(removal_limit__lte=100),
                name="removal_limit_is_a_percentage",
                violation_error_message="The limit of removals is a percentage from 0 to 100.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def timetable(self) -> Schedule | None:
        """When it is due by itself; None for by hand only. Raises ValueError where the schedule is not complete."""
        match self.schedule:
            case self.ScheduleKind.INTERVAL if self.interval is not None:
                return Interval(self.interval)
            case self.ScheduleKind.CHANGE:
                return Interval(self.interval or COMPARED_EVERY)
            case self.ScheduleKind.DAILY if self.daily_at is not None:
                return Daily(self.daily_at, self.timezone)
            case self.ScheduleKind.MANUAL:
                return None
        raise ValueError(f"The schedule of {self.name} has no time.")
