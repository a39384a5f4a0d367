"""A version is proposed, put in force, or set to be at a time; where the team wants four eyes, once it is approved."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.policy import Action
from lib import clock, doorbells
from segments import references, tasks, upkeep
from segments.models import Run, Segment, SegmentVersion
from segments.rules.documents import Loaded
from segments.runs import queue
from segments.services.contract import require_contract
from segments.services.locks import lock_references
from segments.services.reviews import lock_version, required_reason, void_reviews
from segments.services.versions import checked, refuse_retired

State = SegmentVersion.State
PUBLISHABLE = (State.DRAFT, State.PROPOSED, State.APPROVED)
LONGEST_WAIT = timedelta(days=366)


@transaction.atomic
def propose(*, actor: Actor, version: SegmentVersion) -> SegmentVersion:
    """Ask the team's approvers for a draft; another version that was with them is a draft again.

    Raises `ValidationError` for what publishing would ask for and is not there yet.
    """
    locked = lock_version(actor, Action.EDIT, version)
    refuse_unready(actor, locked, on=clock.now().date())
    if locked.state != State.DRAFT:
        message = f"Version {locked.number} is {locked.state} now: only a draft is sent for review."
        raise ValidationError(message, code="state")
    voided = void_reviews(locked.segment, but=locked)
    locked.state, locked.proposed_by, locked.proposed_at = State.PROPOSED, actor.user, clock.now()
    locked.publish_failure = ""
    locked.save()
    after = {"version": locked.number, "state": locked.state, **voided}
    segment = locked.segment
    before = {"state": State.DRAFT.value}
    audit.record(actor=actor, action="segment.propose", target=segment, team=segment.team, before=before, after=after)
    return locked


@transaction.atomic
def publish(*, actor: Actor, version: SegmentVersion) -> Segment:
    """Make a version the one in force, supersede the one before, and have the members recomputed.

    So are those of the segments that refer to this one. Where the team wants four eyes, it must be approved. Raises
    `ValidationError` for what the contract still lacks, `DefinitionErrors` where the definition no longer fits.
    """
    lock_references()
    locked = lock_version(actor, Action.EDIT, version)
    _require_approved(locked)
    return _put_in_force(actor, locked, "segment.publish")


@transaction.atomic
def publish_unapproved(*, actor: Actor, version: SegmentVersion, reason: str) -> Segment:
    """As `publish`, by an administrator of the installation, without the approval that the team wants.

    The reason stays with the version and in the audit log. Raises `ValidationError` where no approval is lacking.
    """
    lock_references()
    locked = lock_version(actor, Action.ADMINISTER, version)
    if not locked.segment.team.four_eyes or locked.state == State.APPROVED:
        raise ValidationError(f"Version {locked.number} lacks no approval: publish it.", code="state")
    locked.reason, locked.decided_by, locked.decided_at = required_reason(reason), actor.user, clock.now()
    return _put_in_force(actor, locked, "segment.publish_unapproved", note=locked.reason)


@transaction.atomic
def schedule_publication(*, actor: Actor, version: SegmentVersion, at: datetime) -> SegmentVersion:
    """Have a version published at a time to come, by the database's clock; another one that waits no longer does."""
    locked = lock_version(actor, Action.EDIT, version)
    _require_approved(locked)
    now = clock.now()
    if not now < at <= now + LONGEST_WAIT:
        raise ValidationError({"at": "Name a time that is to come, within a year."})
    refuse_unready(actor, locked, on=at.date())
    SegmentVersion.objects.filter(segment=locked.segment).exclude(pk=locked.pk).update(publish_at=None, publish_by=None)
    locked.publish_at, locked.publish_by, locked.publish_failure = at, actor.user, ""
    locked.save()
    after = {"version": locked.number, "publish_at": at}
    segment = locked.segment
    audit.record(actor=actor, action="segment.schedule", target=segment, team=segment.team, after=after)
    return locked


@transaction.atomic
def cancel_publication(*, actor: Actor, version: SegmentVersion) -> SegmentVersion:
    """Take back the time at which a version was to be published. Raises `ValidationError` where there is none."""
    locked = lock_version(actor, Action.EDIT, version)
    _require_scheduled(locked)
    before = {"version": locked.number, "publish_at": locked.publish_at}
    locked.publish_at, locked.publish_by = None, None
    locked.save()
    after = {"version": locked.number, "publish_at": None}
    segment = locked.segment
    audit.record(
        actor=actor, action="segment.unschedule", target=segment, team=segment.team, before=before, after=after
    )
    return locked


@transaction.atomic
def publish_scheduled(*, actor: Actor, version: SegmentVersion) -> Segment:
    """As `publish`, for who has set a time that has come; nothing follows if it was taken back meanwhile."""
    lock_references()
    locked = lock_version(actor, Action.EDIT, version)
    _require_scheduled(locked)
    if locked.publish_at is None or locked.publish_at > clock.now():
        raise ValidationError(f"Version {locked.number} is not due yet.", code="state")
    _require_approved(locked)
    return _put_in_force(actor, locked, "segment.publish", note="At the time that was set.")


@transaction.atomic
def fail_publication(*, actor: Actor, version: SegmentVersion, why: str) -> SegmentVersion:
    """Note why a version could not be published at its time, which it then no longer has."""
    locked = lock_version(actor, Action.EDIT, version)
    _require_scheduled(locked)
    locked.publish_at, locked.publish_by, locked.publish_failure = None, None, why
    locked.save()
    segment, after = locked.segment, {"version": locked.number}
    audit.record(
        actor=actor, action="segment.publication_failed", target=segment, team=segment.team, after=after, note=why
    )
    return locked


def refuse_unready(actor: Actor, version: SegmentVersion, *, on: date) -> None:
    """Raises `ValidationError` or `DefinitionErrors` for all that keeps a version from being in force on a day."""
    segment = version.segment
    refuse_retired(segment)
    require_contract(decision=segment.decision, owner=segment.owner, review_on=segment.review_on)
    if segment.review_on is not None and segment.review_on <= on:
        raise ValidationError({"review_on": "The date of the review has passed by then: name one to come."})
    if version.state not in PUBLISHABLE:
        message = f"Version {version.number} is {version.state}: save its definition as a new version to publish it."
        raise ValidationError(message, code="state")
    checked(segment, Loaded(version.definition), actor=actor)


def needs_approval(version: SegmentVersion) -> bool:
    """Whether the team's policy keeps the version from being published as it is."""
    return version.segment.team.four_eyes and version.state != State.APPROVED


def _require_approved(version: SegmentVersion) -> None:
    if version.state in PUBLISHABLE and needs_approval(version):
        team = version.segment.team
        message = (
            f"The team {team} wants four eyes: send version {version.number} for review; it is published once somebody "
            "else has approved it."
        )
        raise ValidationError(message, code="state")


def _require_scheduled(version: SegmentVersion) -> None:
    if version.publish_at is None:
        raise ValidationError(f"Version {version.number} has no time at which it would be published.", code="state")


def _put_in_force(actor: Actor, version: SegmentVersion, action: str, note: str = "") -> Segment:
    segment = version.segment
    refuse_unready(actor, version, on=clock.now().date())
    before = {"version": segment.published.number if segment.published else None, "state": segment.state}
    voided = void_reviews(segment, but=version)
    _move_pointer(segment, version)
    concerned = [segment, *references.dependents(segment)]
    upkeep.settle(concerned)
    queue.ask([each.pk for each in concerned], Run.Trigger.PUBLISHED)
    doorbells.ring(tasks.compute_waiting)
    after = {"version": version.number, "state": segment.state, **voided}
    audit.record(actor=actor, action=action, target=segment, team=segment.team, before=before, after=after, note=note)
    return segment


def _move_pointer(segment: Segment, version: SegmentVersion) -> None:
    SegmentVersion.objects.filter(segment=segment, state=State.PUBLISHED).update(state=State.SUPERSEDED)
    version.state, version.published_at = State.PUBLISHED, clock.now()
    version.publish_at, version.publish_by, version.publish_failure = None, None, ""
    version.save()
    segment.published = version
    if segment.state == Segment.State.DRAFT:
        segment.state = Segment.State.LIVE
    segment.save(update_fields=["published", "state"])
