"""What checks have found is put off for a while, with a reason that others read."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import clock
from segments.models import CheckFinding
from segments.services.reviews import required_reason

LONGEST = timedelta(days=366)


@transaction.atomic
def snooze_finding(*, actor: Actor, finding: CheckFinding, until: datetime, reason: str) -> CheckFinding:
    """Say nothing of a finding until a time to come, within a year. Raises `ValidationError` by field."""
    segment = finding.segment
    policy.require(actor, Action.EDIT, segment.team)
    now = clock.now()
    if not now < until <= now + LONGEST:
        raise ValidationError({"until": "Name a time that is to come, within a year."})
    finding.snoozed_until, finding.snoozed_by, finding.snooze_reason = until, actor.user, required_reason(reason)
    return _save(actor, "segment.snooze", finding, note=finding.snooze_reason)


@transaction.atomic
def wake_finding(*, actor: Actor, finding: CheckFinding) -> CheckFinding:
    """Tell of a finding again at once. Raises `ValidationError` for one that is not snoozed."""
    policy.require(actor, Action.EDIT, finding.segment.team)
    if finding.snoozed_until is None:
        raise ValidationError("This finding is not snoozed.", code="state")
    finding.snoozed_until, finding.snoozed_by, finding.snooze_reason = None, None, ""
    return _save(actor, "segment.wake", finding, note="")


def _save(actor: Actor, action: str, finding: CheckFinding, note: str) -> CheckFinding:
    finding.save(update_fields=["snoozed_until", "snoozed_by", "snooze_reason"])
    segment, after = finding.segment, {"check": finding.check_key, "until": finding.snoozed_until}
    audit.record(actor=actor, action=action, target=segment, team=segment.team, after=after, note=note)
    return finding
