"""Segments, their immutable versions, runs, and the member sets that runs produce."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Team
from lib.leases import Leased
from profiles.models import Unit
from segments.fields import WrittenJSONField


class Segment(models.Model):
    """A contract: what is decided with it, who answers for it, and which version of the rule is in force."""

    class State(models.TextChoices):
        DRAFT = "draft"
        LIVE = "live"
        PAUSED = "paused"
        RETIRED = "retired"

    class Upkeep(models.TextChoices):
        """What keeps the members up to date, as the published definition asks for (`segments.upkeep`)."""

        SIGNALS = "signals", "within a second of a change"
        TIME = "time", "within a second of a change, and at its promise what time alone moves"
        PROMISE = "promise", "at its promise, everybody anew"

    key = models.SlugField(max_length=100, unique=True, help_text="The name in rules and in the API; never reused.")
    name = models.CharField(max_length=150)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="segments")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="segments"
    )
    decision = models.TextField(blank=True, help_text="What is done differently for these members?")
    unit = models.CharField(max_length=7, choices=Unit, default=Unit.PROFILE)
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    freshness = models.DurationField(
        default=timedelta(hours=1),
        validators=[MinValueValidator(timedelta(seconds=5))],
        help_text="The promise: members are never older than this.",
    )
    upkeep = models.CharField(max_length=7, choices=Upkeep, default=Upkeep.PROMISE, editable=False)
    review_on = models.DateField(null=True, blank=True)
    review_months = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text="How many months there are from one review to the next.",
    )
    expected_least = models.PositiveBigIntegerField(null=True, blank=True, help_text="Fewer members are worth a look.")
    expected_most = models.PositiveBigIntegerField(null=True, blank=True, help_text="So are more.")
    notes = models.TextField(blank=True, help_text="What else one should know.")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="Words to find it by.")
    published = models.ForeignKey(
        "SegmentVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="published_for"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "retired")) | models.Q(published__isnull=False),
                name="live_segment_has_a_version",
                violation_error_message="Publish a version first.",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_least__isnull=True)
                | models.Q(expected_most__isnull=True)
                | models.Q(expected_least__lte=models.F("expected_most")),
                name="expected_size_is_a_range",
                violation_error_message="The least expected size is above the largest.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class SegmentVersion(models.Model):
    """One immutable definition of a segment. A change is a new version, a roll-back too.

    The database refuses an update of what a version says (migration 0002); only its state moves on.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        APPROVED = "approved"
        PUBLISHED = "published"
        SUPERSEDED = "superseded"
        REJECTED = "rejected"

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = WrittenJSONField(help_text="As people wrote it.")
    sha256 = models.CharField(max_length=64, help_text="Hash of the normal form: equal for copies and forks.")
    words = models.TextField(help_text="The definition as a sentence.")
    refers_to = ArrayField(models.TextField(), default=list, help_text="The keys of the segments that it names.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    note = models.TextField(blank=True, help_text="What changed, and why.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, help_text="When it was approved or rejected.")
    reason = models.TextField(blank=True, help_text="Why it was rejected, or published without an approval.")
    publish_at = models.DateTimeField(null=True, help_text="When it is to be published.")
    publish_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    publish_failure = models.TextField(blank=True, help_text="Why it could not be published at the time that was set.")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("segment", "-number")
        constraints = (
            models.UniqueConstraint(fields=("segment", "number"), name="version_number_unique"),
            models.UniqueConstraint(
                fields=("segment",), condition=models.Q(state="published"), name="one_published_version"
            ),
            models.UniqueConstraint(
                fields=("segment",),
                condition=models.Q(state__in=("proposed", "approved")),
                name="one_version_in_review",
            ),
            models.UniqueConstraint(
                fields=("segment",), condition=models.Q(publish_at__isnull=False), name="one_scheduled_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.segment} v{self.number}"


class SignalReader(Leased):
    """The one row whose lease makes a process the only one that takes signals (I5)."""

    def __str__(self) -> str:
        return f"reader of signals, fence {self.fence}"


class MicroBatch(models.Model):
    """One pass over the signals that waited (I7). A segment has a `Run` under it only if members changed."""

    as_of = models.DateTimeField(help_text="The instant at which everything was decided.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(db_index=True)
    signals = models.PositiveIntegerField()
    waited_ms = models.PositiveIntegerField(help_text="How long the oldest of the signals had waited at the end.")
    profiles = models.PositiveIntegerField(help_text="Looked at, with those that a change reaches through companies.")
    companies = models.PositiveIntegerField()
    segments = models.PositiveIntegerField(help_text="Evaluated.")
    changed = models.PositiveIntegerField(help_text="Segments whose members changed.")
    recounted = models.PositiveIntegerField(help_text="Segments for which everybody is counted anew instead.")
    evaluate_ms = models.PositiveIntegerField()
    store_ms = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "micro-batches"

    def __str__(self) -> str:
        return f"micro-batch {self.pk}"


class Draft(models.Model):
    """What one person is still writing: the fields of their form for a segment, or for a new one (`segment` null)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    segment = models.ForeignKey(Segment, null=True, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "segment"), nulls_distinct=False, name="one_draft_per_person"),
        )

    def __str__(self) -> str:
        return f"draft of {self.segment or 'a new segment'}"


class Run(Leased):
    """One recomputation of one segment: everything it did, and why it failed if it did (I6, I7).

    One that signals brought about is of few members only, belongs to a micro-batch, and is made when it is done; after
    30 days those of a day are folded into one. `touched` are the members that such runs have decided while this one,
    of everybody, was under way. `drift` is the number of members that it found in another state than signals had left
    them in: 0 unless something is wrong; null where it can't be told.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule"
        MANUAL = "manual"
        PUBLISHED = "published", "a version was published"
        SIGNALS = "signals", "data changed"
        MANY = "many", "much data changed"
        CHECK = "check", "the daily check of what signals have done"
        REPLAY = "replay", "replay of a past day"

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(SegmentVersion, on_delete=models.PROTECT, related_name="runs")
    trigger = models.CharField(max_length=10, choices=Trigger)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    as_of = models.DateTimeField(null=True, help_text="The instant at which everything was decided.")
    queued_at = models.DateTimeField(db_default=models.functions.Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    again = models.CharField(
        max_length=10, choices=Trigger, blank=True, help_text="Why it was asked for once more while it ran."
    )
    members = models.PositiveBigIntegerField(null=True)
    entered = models.PositiveBigIntegerField(null=True)
    left = models.PositiveBigIntegerField(null=True)
    evaluate_ms = models.PositiveIntegerField(null=True)
    store_ms = models.PositiveIntegerField(null=True)
    batch = models.ForeignKey(MicroBatch, null=True, on_delete=models.SET_NULL, related_name="runs")
    touched = models.BinaryField(null=True, editable=False)
    drift = models.PositiveBigIntegerField(null=True)
    failure_code = models.CharField(max_length=40, blank=True)
    failure = models.TextField(blank=True, help_text="What went wrong, in words, and what to do.")

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("segment", "-id"), name="run_of_segment"),
            models.Index(
                fields=("segment", "-finished_at"), condition=models.Q(state="succeeded"), name="good_run_of_segment"
            ),
            models.Index(fields=("segment", "-id"), condition=~models.Q(trigger="signals"), name="full_run_of_segment"),
            models.Index(fields=("-id",), condition=models.Q(drift__gt=0), name="run_with_drift"),
            models.Index(fields=("segment", "-as_of"), condition=models.Q(state="succeeded"), name="good_run_by_time"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("segment",),
                condition=models.Q(state__in=("queued", "running")),
                name="one_open_run_per_segment",
                violation_error_message="A run of this segment is on its way already.",
            ),
        )

    def __str__(self) -> str:
        return f"run {self.pk} of {self.segment}"


class RunChange(models.Model):
    """Who entered and who left in one run: two serialised `BitMap64`. A run that changed nothing has no such row."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="change")
    entered = models.BinaryField()
    left = models.BinaryField()

    def __str__(self) -> str:
        return f"changes of {self.run}"


class MembershipBlock(models.Model):
    """The members of one segment whose id >> 16 is `block`: the low 16 bits as a serialised `BitMap`."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="blocks")
    block = models.BigIntegerField()
    members = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("segment", "block"), name="membership_block_unique"),)

    def __str__(self) -> str:
        return f"block {self.block} of {self.segment}"


class Inspection(models.Model):
    """One pass of all checks over the live segments."""

    started_at = models.DateTimeField(db_index=True)
    milliseconds = models.PositiveIntegerField()
    segments = models.PositiveIntegerField()
    findings = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"inspection {self.pk}"


class CheckFinding(models.Model):
    """What a check has found wrong with a segment. `is_open`: the last pass has found it too.

    One that is snoozed says nothing until then; that it is snoozed stays known while it comes and goes.
    """

    class Severity(models.TextChoices):
        BAD = "bad", "must be mended"
        WARN = "warn", "worth a look"
        HINT = "hint", "could be better"

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="findings")
    check_key = models.CharField(max_length=40)
    title = models.CharField(max_length=80, help_text="What the check is called.")
    subject = models.CharField(max_length=255, blank=True, help_text="What it is about, where there can be several.")
    severity = models.CharField(max_length=4, choices=Severity)
    evidence = models.TextField(help_text="What was found, with its numbers.")
    next_step = models.TextField(help_text="What to do.")
    numbers = models.JSONField(default=dict)
    is_open = models.BooleanField(default=True)
    found_at = models.DateTimeField(db_default=models.functions.Now(), help_text="When it was found first.")
    snoozed_until = models.DateTimeField(null=True)
    snoozed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    snooze_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("segment", "severity", "check_key", "subject")
        constraints = (models.UniqueConstraint(fields=("segment", "check_key", "subject"), name="finding_unique"),)

    def __str__(self) -> str:
        return f"{self.check_key} of {self.segment}"


class Review(models.Model):
    """What was decided about a segment when it was looked at again; rows are added, never changed."""

    class Decision(models.TextChoices):
        KEEP = "keep", "keep as it is"
        CHANGE = "change", "change its rule"
        MERGE = "merge", "merge into another"
        RETIRE = "retire", "retire"

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="reviews")
    decision = models.CharField(max_length=6, choices=Decision)
    note = models.TextField(blank=True)
    into = models.ForeignKey(Segment, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(db_default=models.functions.Now())
    due_on = models.DateField(null=True, help_text="When the review was due.")
    next_on = models.DateField(null=True, help_text="When it is looked at again; null once it is retired.")

    class Meta:
        ordering = ("-decided_at", "-id")

    def __str__(self) -> str:
        return f"review of {self.segment}: {self.decision}"
