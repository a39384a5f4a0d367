"""The members of a segment and of all that depend on it, as they are defined and as they would be, at one instant.

Both are evaluated over one snapshot, so that the difference is the definition's alone and nothing that data or time
did in between. What is stored is not looked at. Segments that name the changed one, and those that name these, are
evaluated a second time under keys that no segment can have, with their references led to one another.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any

from django.conf import settings
from pyroaring import BitMap64

from accounts.actors import Actor
from lib import clock
from segments import discretion, engine, references
from segments.engine import EngineError, Job, Result
from segments.models import Segment
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue, SegmentEntry, Unit
from segments.rules.errors import DefinitionErrors
from segments.rules.parse import parse
from segments.rules.parsing.references import referenced_keys

SHADOW = "new:"
"""Before the key of a segment as it would be; no key has a colon."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of the members of one segment. `failure` says in words why they can't be told."""

    segment: Segment
    before: BitMap64
    after: BitMap64
    failure: str = ""

    @property
    def entered(self) -> BitMap64:
        return self.after - self.before

    @property
    def left(self) -> BitMap64:
        return self.before - self.after

    @property
    def changes(self) -> bool:
        """Whether anybody enters or leaves, or it can't be told."""
        return bool(self.failure) or self.before != self.after


@dataclass(frozen=True, slots=True)
class Outlook:
    """`own` is the segment itself, `dependents` the live ones that name it directly or through others, by key."""

    own: Effect
    dependents: Sequence[Effect]
    as_of: datetime
    milliseconds: float

    @property
    def effects(self) -> Sequence[Effect]:
        return (self.own, *self.dependents)


def look_ahead(segment: Segment, document: Mapping[str, Any], *, actor: Actor) -> Outlook:
    """What would change if this definition, which is valid for the segment, were in force.

    Raises `EngineError` where the definition itself can't be evaluated, `PermissionDenied` where the numbers could tell
    of one person what this actor may not see.
    """
    started, as_of = perf_counter(), clock.now()
    named = [each for each in references.dependents(segment) if each.state == Segment.State.LIVE]
    dependents = sorted(named, key=lambda each: each.key)
    affected = [segment, *dependents]
    wanted = _as_they_would_be(affected, document)
    catalogue = _with_shadows(load_catalogue(), affected, wanted)
    jobs = _jobs(affected, wanted, catalogue, as_of)
    found = _evaluate(jobs, catalogue)
    own = found[SHADOW + segment.key]
    if isinstance(own, EngineError):
        raise own
    effects = [_effect(each, found) for each in affected]
    _refuse_small(actor, effects[0], jobs, as_of)
    return Outlook(effects[0], effects[1:], as_of, (perf_counter() - started) * 1000)


def _refuse_small(actor: Actor, own: Effect, jobs: Mapping[str, Job | EngineError], as_of: datetime) -> None:
    both = (jobs.get(own.segment.key), jobs[SHADOW + own.segment.key])
    definitions = [job.definition for job in both if isinstance(job, Job)]
    sides = (own.entered, own.left) if own.segment.published else (own.entered,)
    discretion.refuse_small_change(actor, definitions, as_of, map(len, sides))


def _as_they_would_be(affected: Sequence[Segment], document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    keys = frozenset(each.key for each in affected)
    documents = {each.key: each.published.definition for each in affected[1:] if each.published}
    documents[affected[0].key] = dict(document)
    return {key: _led_to_shadows(written, keys) for key, written in documents.items()}


def _led_to_shadows(part: Any, keys: frozenset[str]) -> Any:
    """A document with each reference to one of the keys led to its shadow."""
    if isinstance(part, list):
        return [_led_to_shadows(value, keys) for value in part]
    if not isinstance(part, dict):
        return part
    return {
        name: SHADOW + value if name == "segment" and value in keys else _led_to_shadows(value, keys)
        for name, value in part.items()
    }


def _with_shadows(catalogue: Catalogue, affected: Sequence[Segment], wanted: Mapping[str, Any]) -> Catalogue:
    shadows = {
        SHADOW + each.key: SegmentEntry(SHADOW + each.key, Unit(each.unit), wanted[each.key])
        for each in affected
        if each.key in wanted
    }
    return replace(catalogue, segments={**catalogue.segments, **shadows})


def _jobs(
    affected: Sequence[Segment], wanted: Mapping[str, Any], catalogue: Catalogue, as_of: datetime
) -> dict[str, Job | EngineError]:
    """By key each segment as it is, where a version is in force, and by its shadow's key as it would be."""
    jobs: dict[str, Job | EngineError] = {}
    for each in affected:
        if each.published is not None:
            jobs[each.key] = _job(each.key, each.published.definition, catalogue, as_of)
        jobs[SHADOW + each.key] = _job(SHADOW + each.key, wanted[each.key], catalogue, as_of)
    return jobs


def _job(key: str, document: Mapping[str, Any], catalogue: Catalogue, as_of: datetime) -> Job | EngineError:
    try:
        definition = parse(dict(document), catalogue, default_timezone=settings.TIME_ZONE, key=key)
    except DefinitionErrors as errors:
        return EngineError("definition", str(errors))
    return Job(definition, as_of, key=key, refers_to=frozenset(referenced_keys(document)))


def _evaluate(jobs: Mapping[str, Job | EngineError], catalogue: Catalogue) -> dict[str, Result | EngineError]:
    found: dict[str, Result | EngineError] = {key: job for key, job in jobs.items() if isinstance(job, EngineError)}
    asked = [job for job in jobs.values() if isinstance(job, Job)]
    with closing(engine.evaluate_many(asked, catalogue=catalogue)) as outcomes:
        for place, outcome in outcomes:
            found[str(asked[place].key)] = outcome
    return found


def _effect(segment: Segment, found: Mapping[str, Result | EngineError]) -> Effect:
    before, after = found.get(segment.key), found[SHADOW + segment.key]
    failure = next((each.message for each in (before, after) if isinstance(each, EngineError)), "")
    return Effect(
        segment,
        before.members if isinstance(before, Result) else BitMap64(),
        after.members if isinstance(after, Result) else BitMap64(),
        failure,
    )
