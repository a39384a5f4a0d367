"""A segment is looked at again, and one of four things is decided about it (DESIGN section 6)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import clock
from segments.models import Review, Segment
from segments.services.lifecycle import end_for_good
from segments.services.reviews import required_reason

Decision = Review.Decision
SOON = 1
"""Months after which one is looked at again that is to be changed or merged: whether that was done."""


@transaction.atomic
def decide_review(
    *, actor: Actor, segment: Segment, decision: str, note: str = "", into: Segment | None = None
) -> Review:
    """Put a decision on record, and what follows from it into effect.

    Kept, a segment is looked at again in as many months as its contract says. To be changed or merged, in a month,
    since its people do that meanwhile; `into` is the segment that takes the members over. Retired, it ends at once:
    that needs a note and an approver. Raises `ValidationError` by field.
    """
    policy.require(actor, Action.EDIT, segment.team)
    locked = Segment.objects.select_for_update(of=("self",)).select_related("team").get(pk=segment.pk)
    _refuse(locked, decision, into)
    due_on, months = locked.review_on, locked.review_months if decision == Decision.KEEP else SOON
    next_on: date | None = months_later(clock.now().date(), months)
    if decision == Decision.RETIRE:
        note, next_on = required_note(note), None
        end_for_good(actor, locked)
    else:
        locked.review_on = next_on
        locked.save(update_fields=["review_on"])
    review = Review.objects.create(
        segment=locked, decision=decision, note=note.strip(), into=into, decided_by=actor.user, due_on=due_on,
        next_on=next_on,
    )  # fmt: skip
    before, after = {"review_on": due_on}, {"decision": decision, "review_on": next_on}
    after |= {"into": into.key} if into else {}
    audit.record(
        actor=actor, action="segment.review", target=locked, team=locked.team, before=before, after=after, note=note
    )
    return review


def required_note(note: str) -> str:
    """Raises `ValidationError` at the field that a decision has."""
    try:
        return required_reason(note)
    except ValidationError as error:
        raise ValidationError({"note": error.messages}) from error


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last that month has before it."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"No day {day.day}.")


def _refuse(segment: Segment, decision: str, into: Segment | None) -> None:
    if decision not in Decision.values:
        raise ValidationError({"decision": f"Decide one of {', '.join(Decision.values)}."})
    if segment.state == Segment.State.RETIRED:
        raise ValidationError("A retired segment is not reviewed any more.", code="state")
    if decision != Decision.MERGE:
        if into is not None:
            raise ValidationError({"into": "Only a merge is into another segment."})
        return
    if into is None or into.pk == segment.pk:
        raise ValidationError({"into": "Name the other segment that takes its members over."})
    if into.unit != segment.unit or into.state != Segment.State.LIVE:
        raise ValidationError({"into": f"Name a live segment that counts {segment.unit}s too."})
