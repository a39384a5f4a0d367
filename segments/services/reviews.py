"""The review of a version: proposed to the approvers of its team, approved or rejected by one of them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import clock
from segments.models import Segment, SegmentVersion

State = SegmentVersion.State
IN_REVIEW = (State.PROPOSED, State.APPROVED)
UNDECIDED: Mapping[str, Any] = {
    "state": State.DRAFT, "proposed_by": None, "proposed_at": None, "decided_by": None, "decided_at": None,
}  # fmt: skip
UNSCHEDULED: Mapping[str, Any] = {"publish_at": None, "publish_by": None}


@transaction.atomic
def approve(*, actor: Actor, version: SegmentVersion) -> SegmentVersion:
    """Agree to a proposed version, which can be published then. Raises `ValidationError` for one that is not proposed.

    Where the team wants four eyes, who wrote or proposed it can't: `PermissionDenied`.
    """
    locked = lock_version(actor, Action.APPROVE, version)
    _require_other_eyes(actor, locked)
    _require_state(locked, State.PROPOSED)
    return _decide(actor, locked, "segment.approve", State.APPROVED, reason="")


@transaction.atomic
def reject(*, actor: Actor, version: SegmentVersion, reason: str) -> SegmentVersion:
    """Refuse a proposed or approved version for good; its definition can be saved anew. Raises `ValidationError`."""
    locked = lock_version(actor, Action.APPROVE, version)
    _require_state(locked, *IN_REVIEW)
    return _decide(actor, locked, "segment.reject", State.REJECTED, reason=required_reason(reason))


def _decide(actor: Actor, version: SegmentVersion, action: str, state: str, *, reason: str) -> SegmentVersion:
    before = {"state": version.state}
    version.state, version.decided_by, version.decided_at = state, actor.user, clock.now()
    version.reason, version.publish_at, version.publish_by = reason, None, None
    version.save()
    after = {"version": version.number, "state": state}
    segment = version.segment
    audit.record(actor=actor, action=action, target=segment, team=segment.team, before=before, after=after, note=reason)
    return version


def required_reason(reason: str) -> str:
    """The reason without blanks around it. Raises `ValidationError` for none."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why, for those who read it later."})
    return reason.strip()


def lock_version(actor: Actor, action: Action, version: SegmentVersion) -> SegmentVersion:
    """The version as it is now, its segment locked before it, if the actor may do this. Raises `PermissionDenied`."""
    rows = Segment.objects.select_for_update(of=("self",)).select_related("team", "owner", "published")
    segment = rows.get(pk=version.segment_id)
    policy.require(actor, action, segment.team)
    locked = SegmentVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    locked.segment = segment
    return locked


def void_reviews(segment: Segment, *, but: SegmentVersion | None = None) -> dict[str, Any]:
    """Make drafts again of what is proposed or approved, and take back times of publication, as the segment is edited.

    For the audit log it answers which versions that voids, if any.
    """
    versions = SegmentVersion.objects.filter(segment=segment)
    if but is not None:
        versions = versions.exclude(pk=but.pk)
    reviewed = versions.filter(state__in=IN_REVIEW)
    voided = list(reviewed.order_by("number").values_list("number", flat=True))
    versions.filter(publish_at__isnull=False).update(**UNSCHEDULED)
    reviewed.update(**UNDECIDED)
    return {"voided": voided} if voided else {}


def _require_state(version: SegmentVersion, *states: str) -> None:
    if version.state not in states:
        wanted = " or ".join(states)
        message = f"Version {version.number} is {version.state} now, not {wanted}: look at what has changed."
        raise ValidationError(message, code="state")


def _require_other_eyes(actor: Actor, version: SegmentVersion) -> None:
    if not version.segment.team.four_eyes or actor.user is None:
        return
    if actor.user.pk in (version.author_id, version.proposed_by_id):
        team = version.segment.team
        raise PermissionDenied(f"The team {team} wants four eyes: who wrote or proposed a version doesn't approve it.")
