"""Versions of a definition: saved as drafts, published as the one in force."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from lib import clock, doorbells
from segments import references, tasks, upkeep
from segments.models import Run, Segment, SegmentVersion
from segments.registry import load_labels, load_seen_catalogue
from segments.rules.documents import Loaded
from segments.rules.errors import Code, DefinitionErrors, RuleError
from segments.rules.nodes import Definition
from segments.rules.normalise import definition_sha256
from segments.rules.parse import parse_loaded
from segments.rules.parsing.references import referenced_keys
from segments.rules.words import describe
from segments.runs import queue
from segments.services.contract import require_contract
from segments.services.locks import lock_references

PUBLISHABLE = (SegmentVersion.State.DRAFT, SegmentVersion.State.PROPOSED, SegmentVersion.State.APPROVED)


class NewerVersionError(Exception):
    """Somebody has saved a version that the author of another one has not seen."""

    def __init__(self, version: SegmentVersion) -> None:
        self.version = version
        super().__init__(f"{version.author or 'Somebody'} saved version {version.number} meanwhile.")


@transaction.atomic
def save_version(
    *, actor: Actor, segment: Segment, definition: dict[str, Any], note: str = "", after: int | None = None
) -> SegmentVersion:
    """A new draft with this definition, as it was written. Raises `DefinitionErrors` with every mistake.

    `after` is the number of the newest version that its author has seen, 0 for none: where there is a newer one,
    nothing is saved (`NewerVersionError`).
    """
    policy.require(actor, Action.EDIT, segment.team)
    locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    _refuse_retired(locked)
    newest = SegmentVersion.objects.filter(segment=locked).order_by("-number").first()
    if after is not None and newest is not None and newest.number > after:
        raise NewerVersionError(newest)
    parsed = checked(locked, Loaded(definition), actor=actor)
    version = SegmentVersion.objects.create(
        segment=locked,
        number=(newest.number if newest else 0) + 1,
        definition=definition,
        sha256=definition_sha256(parsed),
        words=describe(parsed, load_labels()),
        refers_to=sorted(referenced_keys(definition)),
        note=note,
        author=actor.user,
    )
    told = {"version": version.number, "words": version.words, "sha256": version.sha256, "note": note}
    audit.record(actor=actor, action="segment.save_version", target=segment, team=segment.team, after=told)
    return version


@transaction.atomic
def publish(*, actor: Actor, version: SegmentVersion) -> Segment:
    """Make a version the one in force, supersede the one before, and have the members recomputed.

    So are those of the segments that refer to this one. Where the team wants four eyes, an approver does it who has
    not written the version. Raises `ValidationError` for what the contract still lacks, `DefinitionErrors` where the
    definition no longer fits.
    """
    _require_may_publish(actor, version)
    lock_references()
    segment = (
        Segment.objects.select_for_update(of=("self",)).select_related("team", "published").get(pk=version.segment_id)
    )
    version = SegmentVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    _refuse_retired(segment)
    _refuse_unready(segment, version)
    checked(segment, Loaded(version.definition), actor=actor)
    before = {"version": segment.published.number if segment.published else None, "state": segment.state}
    _move_pointer(segment, version)
    concerned = [segment, *references.dependents(segment)]
    upkeep.settle(concerned)
    queue.ask([each.pk for each in concerned], Run.Trigger.PUBLISHED)
    doorbells.ring(tasks.compute_waiting)
    after = {"version": version.number, "state": segment.state}
    audit.record(actor=actor, action="segment.publish", target=segment, team=segment.team, before=before, after=after)
    return segment


def checked(segment: Segment, loaded: Loaded, *, actor: Actor) -> Definition:
    """A document as this segment's definition, read against the catalogue that the actor sees now.

    Raises `DefinitionErrors`.
    """
    parsed = parse_loaded(loaded, load_seen_catalogue(actor), default_timezone=settings.TIME_ZONE, key=segment.key)
    if parsed.unit != segment.unit:
        message = f"This segment counts {segment.unit}s for good: write '{segment.unit}', or make another segment"
        raise DefinitionErrors((RuleError("unit", Code.WRONG_UNIT, message),))
    return parsed


def _require_may_publish(actor: Actor, version: SegmentVersion) -> None:
    team = version.segment.team
    if not team.four_eyes:
        policy.require(actor, Action.EDIT, team)
        return
    policy.require(actor, Action.APPROVE, team)
    if actor.user is not None and actor.user.pk == version.author_id:
        raise PermissionDenied(f"The team {team} wants four eyes: somebody else than its author publishes a version.")


def _refuse_retired(segment: Segment) -> None:
    if segment.state == Segment.State.RETIRED:
        raise ValidationError("A retired segment never comes back: make another one.", code="state")


def _refuse_unready(segment: Segment, version: SegmentVersion) -> None:
    require_contract(decision=segment.decision, owner=segment.owner, review_on=segment.review_on)
    if segment.review_on is not None and segment.review_on <= clock.now().date():
        raise ValidationError({"review_on": "The date of the review has passed: name one to come."})
    if version.state not in PUBLISHABLE:
        message = f"Version {version.number} is {version.state}: save its definition as a new version to publish it."
        raise ValidationError(message, code="state")


def _move_pointer(segment: Segment, version: SegmentVersion) -> None:
    SegmentVersion.objects.filter(segment=segment, state=SegmentVersion.State.PUBLISHED).update(
        state=SegmentVersion.State.SUPERSEDED
    )
    version.state, version.published_at = SegmentVersion.State.PUBLISHED, clock.now()
    version.save(update_fields=["state", "published_at"])
    segment.published = version
    if segment.state == Segment.State.DRAFT:
        segment.state = Segment.State.LIVE
    segment.save(update_fields=["published", "state"])
