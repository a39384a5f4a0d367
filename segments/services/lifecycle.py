"""The life of a segment: made, changed, paused, resumed, retired."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.models import Team, User
from accounts.policy import Action
from segments import dependents, references
from segments.models import Run, Segment
from segments.runs import outcomes
from segments.services.contract import APPROVED, CONTRACT, require_contract, require_owner_of, tidy
from segments.services.locks import lock_references
from segments.services.recompute import ask
from segments.services.reviews import void_reviews

RESERVED = frozenset({"preview", "explain", "new"})
"""Keys whose address, in the API or as a page, is something else's."""


@transaction.atomic
def create_segment(
    *,
    actor: Actor,
    key: str,
    name: str,
    team: Team,
    unit: str,
    owner: User | None = None,
    decision: str = "",
    freshness: timedelta = timedelta(hours=1),
    review_on: date | None = None,
    review_months: int = 3,
    expected_least: int | None = None,
    expected_most: int | None = None,
    notes: str = "",
    tags: Sequence[str] = (),
) -> Segment:
    """A draft without a version. Raises `ValidationError` by field: a key is never reused, not even a retired one's."""
    policy.require(actor, Action.EDIT, team)
    segment = Segment(
        key=key,
        name=name,
        team=team,
        unit=unit,
        owner=owner,
        decision=decision,
        freshness=freshness,
        review_on=review_on,
        review_months=review_months,
        expected_least=expected_least,
        expected_most=expected_most,
        notes=notes,
        tags=tidy(tags),
    )
    segment.full_clean()
    _refuse_reserved(key)
    require_owner_of(team, owner)
    segment.save()
    after = {"key": key, "unit": unit, **audit.values(segment, CONTRACT)}
    audit.record(actor=actor, action="segment.create", target=segment, team=team, after=after)
    return segment


@transaction.atomic
def change_contract(
    *,
    actor: Actor,
    segment: Segment,
    name: str,
    owner: User | None,
    decision: str,
    freshness: timedelta,
    review_on: date | None,
    review_months: int,
    expected_least: int | None,
    expected_most: int | None,
    notes: str,
    tags: Sequence[str],
) -> Segment:
    """Change what surrounds the rule. Raises `ValidationError` by field; a live segment keeps all that publishing asks
    for. A version that was proposed or approved is a draft again where its approvers would read something else."""
    policy.require(actor, Action.EDIT, segment.team)
    changed = Segment.objects.select_for_update(of=("self",)).select_related("team", "owner").get(pk=segment.pk)
    before = audit.values(changed, CONTRACT)
    is_new_owner = owner is not None and owner.pk != changed.owner_id
    changed.name, changed.owner, changed.decision = name, owner, decision
    changed.freshness, changed.review_on, changed.review_months = freshness, review_on, review_months
    changed.expected_least, changed.expected_most = expected_least, expected_most
    changed.notes, changed.tags = notes, tidy(tags)
    changed.full_clean()
    if is_new_owner:
        require_owner_of(changed.team, owner)
    if changed.published_id is not None:
        require_contract(decision=decision, owner=owner, review_on=review_on)
    changed.save(update_fields=[*CONTRACT])
    after = audit.values(changed, CONTRACT)
    if any(after[name] != before[name] for name in APPROVED):
        after |= void_reviews(changed)
    audit.record(actor=actor, action="segment.change", target=changed, team=changed.team, before=before, after=after)
    return changed


@transaction.atomic
def pause(*, actor: Actor, segment: Segment) -> None:
    """Keep the members as they are until the segment is resumed; its rule can still be referred to."""
    policy.require(actor, Action.EDIT, segment.team)
    _move(actor, "segment.pause", segment, to=Segment.State.PAUSED, among=(Segment.State.LIVE,))
    outcomes.cancel_open(segment.pk)


@transaction.atomic
def resume(*, actor: Actor, segment: Segment) -> None:
    """Keep the members fresh again, beginning now."""
    policy.require(actor, Action.EDIT, segment.team)
    _move(actor, "segment.resume", segment, to=Segment.State.LIVE, among=(Segment.State.PAUSED,))
    ask(segment, Run.Trigger.MANUAL)


@transaction.atomic
def retire(*, actor: Actor, segment: Segment) -> None:
    """End the segment for good; its key stays taken. Raises `ValidationError` while live things depend on it."""
    end_for_good(actor, segment)
    before, after = {"state": segment.state}, {"state": Segment.State.RETIRED}
    segment.state = Segment.State.RETIRED
    audit.record(actor=actor, action="segment.retire", target=segment, team=segment.team, before=before, after=after)


def end_for_good(actor: Actor, segment: Segment) -> None:
    """Retire a segment, in a transaction whose service tells the audit log. Raises as `retire`."""
    policy.require(actor, Action.APPROVE, segment.team)
    lock_references()
    referring = [f"'{referrer.key}'" for referrer in references.referrers(segment.key)]
    if referring:
        message = f"It can't be retired while others refer to it: {', '.join(referring)}. Change or retire those first."
        raise ValidationError(message, code="referred_to")
    if standing := dependents.outside(segment):
        message = f"It can't be retired while this stands on it: {', '.join(standing)}. Pause or delete that first."
        raise ValidationError(message, code="referred_to")
    _change_state(
        segment, to=Segment.State.RETIRED, among=(Segment.State.DRAFT, Segment.State.LIVE, Segment.State.PAUSED)
    )
    void_reviews(segment)
    outcomes.cancel_open(segment.pk)


def _refuse_reserved(key: str) -> None:
    if key.lower() in RESERVED:
        raise ValidationError({"key": f"'{key}' is an address of the registry: choose another key."}, code="reserved")


def _move(actor: Actor, action: str, segment: Segment, *, to: str, among: tuple[str, ...]) -> None:
    """Change the state, if it is still one of those that may lead there, and tell the audit log."""
    before = {"state": _change_state(segment, to=to, among=among)}
    segment.state = to
    audit.record(actor=actor, action=action, target=segment, team=segment.team, before=before, after={"state": to})


def _change_state(segment: Segment, *, to: str, among: tuple[str, ...]) -> str:
    """Answers the state that it had. Raises `ValidationError` for one that may not lead there."""
    locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    before = locked.state
    if before not in among:
        raise ValidationError(f"A {before} segment can't become {to}, only a {' or '.join(among)} one.", code="state")
    locked.state = to
    locked.save(update_fields=["state"])
    return before
