"""The life of a segment: made, paused, resumed, retired."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Team, User
from segments import selectors
from segments.models import Run, Segment
from segments.runs import outcomes
from segments.services.access import APPROVERS, EDITORS, require
from segments.services.contract import require_contract
from segments.services.locks import lock_references
from segments.services.recompute import request_recompute


def create_segment(
    *,
    actor: User | None,
    key: str,
    name: str,
    team: Team,
    unit: str,
    owner: User | None = None,
    decision: str = "",
    freshness: timedelta = timedelta(hours=1),
    review_on: date | None = None,
) -> Segment:
    """A draft without a version. Raises `ValidationError` by field: a key is never reused, not even a retired one's."""
    require(actor, team, EDITORS)
    segment = Segment(
        key=key,
        name=name,
        team=team,
        unit=unit,
        owner=owner,
        decision=decision,
        freshness=freshness,
        review_on=review_on,
    )
    segment.full_clean()
    segment.save()
    return segment


@transaction.atomic
def change_contract(
    *,
    segment: Segment,
    actor: User | None,
    name: str,
    owner: User | None,
    decision: str,
    freshness: timedelta,
    review_on: date | None,
) -> Segment:
    """Change what surrounds the rule. Raises `ValidationError` by field; a live segment keeps all that publishing asks
    for."""
    require(actor, segment.team, EDITORS)
    changed = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    changed.name, changed.owner, changed.decision = name, owner, decision
    changed.freshness, changed.review_on = freshness, review_on
    changed.full_clean()
    if changed.published_id is not None:
        require_contract(decision=decision, owner=owner, review_on=review_on)
    changed.save(update_fields=["name", "owner", "decision", "freshness", "review_on"])
    return changed


@transaction.atomic
def pause(*, segment: Segment, actor: User | None) -> None:
    """Keep the members as they are until the segment is resumed; its rule can still be referred to."""
    require(actor, segment.team, EDITORS)
    _move(segment, to=Segment.State.PAUSED, among=(Segment.State.LIVE,))
    outcomes.cancel_open(segment.pk)


@transaction.atomic
def resume(*, segment: Segment, actor: User | None) -> None:
    """Keep the members fresh again, beginning now."""
    require(actor, segment.team, EDITORS)
    _move(segment, to=Segment.State.LIVE, among=(Segment.State.PAUSED,))
    request_recompute(segment=segment, trigger=Run.Trigger.MANUAL, actor=actor)


@transaction.atomic
def retire(*, segment: Segment, actor: User | None) -> None:
    """End the segment for good; its key stays taken. Raises `ValidationError` while others refer to it."""
    require(actor, segment.team, APPROVERS)
    lock_references()
    referring = [f"'{referrer.key}'" for referrer in selectors.referrers(segment.key)]
    if referring:
        message = f"It can't be retired while others refer to it: {', '.join(referring)}. Change or retire those first."
        raise ValidationError(message, code="referred_to")
    _move(segment, to=Segment.State.RETIRED, among=(Segment.State.DRAFT, Segment.State.LIVE, Segment.State.PAUSED))
    outcomes.cancel_open(segment.pk)


def _move(segment: Segment, *, to: str, among: tuple[str, ...]) -> None:
    """Change the state, if it is still one of those that may lead there."""
    if not Segment.objects.filter(pk=segment.pk, state__in=among).update(state=to):
        state = Segment.objects.values_list("state", flat=True).get(pk=segment.pk)
        raise ValidationError(f"A {state} segment can't become {to}, only a {' or '.join(among)} one.", code="state")
    segment.state = to
