"""The audience of an activation now: the members, less everyone whom a step of the funnel holds back, each counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from pyroaring import BitMap64

from activations.columns import Source, key_of
from activations.engine import sources
from activations.engine.errors import SEGMENT_NEVER_COMPUTED, SEGMENT_RETIRED, RefusedError
from activations.models import Activation
from lib import ages, clock
from segments import membership
from segments.models import Run, Segment
from segments.runs.due import full_runs, good_runs


@dataclass(frozen=True)
class Step:
    """One reason why a member is not in the audience. `keep` answers those who stay."""

    code: str
    label: Callable[[Sequence[Source]], str]
    keep: Callable[[Activation, Sequence[Source], BitMap64], BitMap64]


def _with_identifier(activation: Activation, mapping: Sequence[Source], members: BitMap64) -> BitMap64:
    return sources.with_identifier(key_of(mapping).identifier, activation.segment.unit, members)


STEPS = (Step("identifier", lambda mapping: f"with {key_of(mapping).identifier}", _with_identifier),)
"""In the order in which people read the funnel."""


@dataclass(frozen=True)
class Audience:
    members: BitMap64
    funnel: list[dict[str, str | int]]
    segment_run: Run
    note: str


def current(activation: Activation, mapping: Sequence[Source]) -> Audience:
    """The audience of this moment. Raises `RefusedError` where the segment has no members to go by.

    Call it in a transaction of one snapshot: the members, the run that made them and the steps must fit together.
    """
    run = members_run(activation.segment)
    members = membership.load(activation.segment_id)
    funnel: list[dict[str, str | int]] = [{"step": "members", "label": "members", "left": len(members)}]
    return _through_steps(activation, mapping, members, funnel, run)


def _through_steps(
    activation: Activation,
    mapping: Sequence[Source],
    members: BitMap64,
    funnel: list[dict[str, str | int]],
    run: Run,
) -> Audience:
    for step in STEPS:
        members = step.keep(activation, mapping, members)
        funnel.append({"step": step.code, "label": step.label(mapping), "left": len(members)})
    return Audience(members, funnel, run, _age(activation.segment, run))


def among(activation: Activation, mapping: Sequence[Source], some: BitMap64) -> Audience:
    """The part of the audience that is among some people; the funnel is theirs. Called as `current` is."""
    run = members_run(activation.segment)
    members = membership.load(activation.segment_id) & some
    funnel: list[dict[str, str | int]] = [
        {"step": "changed", "label": "came or went", "left": len(some)},
        {"step": "members", "label": "members", "left": len(members)},
    ]
    return _through_steps(activation, mapping, members, funnel, run)


def may_stay(activation: Activation, mapping: Sequence[Source], some: BitMap64) -> BitMap64:
    """Of these people those whom no step holds back."""
    for step in STEPS:
        some = step.keep(activation, mapping, some)
    return some


def members_run(segment: Segment) -> Run:
    """The run whose members are in force. Raises `RefusedError`, in words, where there is none."""
    if segment.state == Segment.State.RETIRED:
        raise RefusedError(
            SEGMENT_RETIRED,
            f"The segment '{segment.key}' is retired, so nobody keeps its members up to date. "
            "Choose another segment, or pause this activation.",
        )
    run = good_runs().filter(segment=segment).first()
    if run is None:
        raise RefusedError(
            SEGMENT_NEVER_COMPUTED,
            f"The members of '{segment.key}' have never been computed. Publish a version and wait for its first run, "
            f"or run `manage.py recompute {segment.key}`.",
        )
    return run


def _age(segment: Segment, run: Run) -> str:
    """Words for a run that uses members older than promised; nothing where all is well."""
    later = Q(finished_at__gt=run.finished_at) if run.finished_at else Q(pk__gt=run.pk)
    failed = full_runs().filter(later, segment=segment, state=Run.State.FAILED).first()
    if failed is None or run.as_of is None:
        return ""
    return (
        f"The last run of '{segment.key}' failed ({failed.failure or failed.failure_code or 'no reason given'}), "
        f"so these are its members of {ages.span(clock.now() - run.as_of)} ago."
    )
