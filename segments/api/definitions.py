"""Definitions at the border: read with problems for people, previewed and explained for whoever asks."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from lib.problems import Problem
from profiles.disclosures import disclose
from segments import engine
from segments.discretion import fewest_told, is_told
from segments.engine import EngineError
from segments.engine.preview import SECONDS
from segments.explanations import explain
from segments.external_ids import names_of
from segments.members import UnknownMemberError
from segments.models import Segment, SegmentVersion
from segments.registry import load_labels, load_seen_catalogue
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.errors import DefinitionErrors
from segments.rules.instants import format_instant
from segments.rules.nodes import At, Definition
from segments.rules.normalise import definition_sha256
from segments.rules.parse import parse
from segments.rules.sql import Unsupported, to_sql
from segments.rules.words import describe

UNSEEN = "Members are named only to those who may see personal data: ask an administrator."


@dataclass(frozen=True, slots=True)
class Read:
    """A valid definition, and the catalogue that it was read against."""

    definition: Definition
    catalogue: Catalogue


def read(document: object, *, actor: Actor, key: str | None = None) -> Read:
    """A document as a definition, of the segment `key` if it is one's. Raises `Problem`: 422 with every mistake."""
    catalogue = load_seen_catalogue(actor)
    try:
        return Read(parse(document, catalogue, default_timezone=settings.TIME_ZONE, key=key), catalogue)
    except DefinitionErrors as errors:
        raise mistakes_of(errors) from errors


def read_version(segment: Segment, version: SegmentVersion, *, actor: Actor) -> Read:
    """A stored version, which the catalogue of today may no longer fit. Raises `Problem`: 422."""
    return read(version.definition, actor=actor, key=segment.key)


def mistakes_of(errors: DefinitionErrors) -> Problem:
    """422 with the paths of the rule language."""
    number = len(errors.errors)
    detail = f"The definition has {number} mistake{'' if number == 1 else 's'}."
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_definition", detail, [error.as_json() for error in errors.errors]
    )


def preview_of(found: Read, *, actor: Actor, as_of: datetime | None) -> dict[str, Any]:
    """The counts, and a sample for those who may see who is in a segment. Raises `Problem`."""
    try:
        counted = engine.preview(found.definition, catalogue=found.catalogue, as_of=as_of, seconds=SECONDS)
    except EngineError as error:
        raise problem_of_engine(error) from error
    fewest = fewest_told(actor, found.definition, found.catalogue, counted.as_of)

    def told(count: int) -> int | None:
        return count if is_told(count, counted.population, fewest) else None

    return {
        "unit": found.definition.unit.value,
        "count": told(counted.count),
        "population": counted.population,
        "share": None if told(counted.count) is None else counted.share,
        "nodes": {path: told(number) for path, number in counted.nodes.items()},
        "fewest_told": fewest,
        "words": describe(found.definition, load_labels()),
        "sha256": definition_sha256(found.definition),
        "as_of": format_instant(At(counted.as_of)),
        "milliseconds": round(counted.milliseconds, 1),
        **_sample(actor, found.definition.unit, counted.sample),
    }


def explanation_of(found: Read, name: str, *, actor: Actor, as_of: datetime | None) -> dict[str, Any]:
    """Why the member called `name` is in or out. Raises `Problem`: 404 if nobody has that name."""
    try:
        told = explain(found.definition, name, catalogue=found.catalogue, as_of=as_of, seconds=SECONDS)
        disclose(actor=actor, what="explanation", number=1)
        return told
    except UnknownMemberError as error:
        raise Problem(HTTPStatus.NOT_FOUND, f"unknown_{error.unit.value}", str(error)) from error
    except EngineError as error:
        raise problem_of_engine(error) from error


def sql_of(found: Read, dialect: str, as_of: datetime) -> str:
    """The definition as SQL to read. Raises `Problem`: 422 for what the dialect has no exact form of."""
    try:
        return to_sql(
            found.definition,
            found.catalogue,
            as_of,
            dialect,
            default_timezone=settings.TIME_ZONE,
            labels=load_labels(),
        )
    except Unsupported as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unsupported", str(error)) from error
    except DefinitionErrors as errors:
        raise mistakes_of(errors) from errors


def problem_of_engine(error: EngineError) -> Problem:
    """The definition's own fault is 422, the lake's or ours is 5xx."""
    status = {
        "lake_unreadable": HTTPStatus.SERVICE_UNAVAILABLE,
        "query_refused": HTTPStatus.INTERNAL_SERVER_ERROR,
    }.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    return Problem(status, error.code, error.message)


def _sample(actor: Actor, unit: Unit, members: tuple[int, ...]) -> dict[str, Any]:
    if not policy.allows(actor, Action.READ_MEMBERS):
        return {"sample": None, "sample_note": UNSEEN}
    disclose(actor=actor, what="sample", number=len(members))
    return {"sample": names_of(unit, members)}
