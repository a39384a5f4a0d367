"""Versions of a definition, saved as drafts."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.policy import Action
from segments.models import Segment, SegmentVersion
from segments.registry import load_labels, load_seen_catalogue
from segments.rules.documents import Loaded
from segments.rules.errors import Code, DefinitionErrors, RuleError
from segments.rules.nodes import Definition
from segments.rules.normalise import definition_sha256
from segments.rules.parse import parse_loaded
from segments.rules.parsing.references import referenced_keys
from segments.rules.words import describe
from segments.services.reviews import void_reviews


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

    A version that was proposed or approved is a draft again: what its approvers saw is no longer what is meant.
    `after` is the number of the newest version that its author has seen, 0 for none: where there is a newer one,
    nothing is saved (`NewerVersionError`).
    """
    policy.require(actor, Action.EDIT, segment.team)
    locked = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    refuse_retired(locked)
    newest = SegmentVersion.objects.filter(segment=locked).order_by("-number").first()
    if after is not None and newest is not None and newest.number > after:
        raise NewerVersionError(newest)
    parsed = checked(locked, Loaded(definition), actor=actor)
    voided = void_reviews(locked)
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
    told = {"version": version.number, "words": version.words, "sha256": version.sha256, "note": note, **voided}
    audit.record(actor=actor, action="segment.save_version", target=segment, team=segment.team, after=told)
    return version


def checked(segment: Segment, loaded: Loaded, *, actor: Actor) -> Definition:
    """A document as this segment's definition, read against the catalogue that the actor sees now.

    Raises `DefinitionErrors`.
    """
    parsed = parse_loaded(loaded, load_seen_catalogue(actor), default_timezone=settings.TIME_ZONE, key=segment.key)
    if parsed.unit != segment.unit:
        message = f"This segment counts {segment.unit}s for good: write '{segment.unit}', or make another segment"
        raise DefinitionErrors((RuleError("unit", Code.WRONG_UNIT, message),))
    return parsed


def refuse_retired(segment: Segment) -> None:
    """Raises `ValidationError`."""
    if segment.state == Segment.State.RETIRED:
        raise ValidationError("A retired segment never comes back: make another one.", code="state")
