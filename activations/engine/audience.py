"""The audience of an activation now: the members, less everyone whom a step of the funnel holds back, each counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from pyroaring import BitMap64

from activations.columns import Source, key_of
from activations.destinations.base import Mode
from activations.engine import holdout, sources
from activations.engine.errors import SEGMENT_NEVER_COMPUTED, SEGMENT_RETIRED, RefusedError
from activations.models import Activation
from lib import ages, clock
from profiles import contact
from profiles.models import Channel, Unit
from segments import membership
from segments.models import Run, Segment
from segments.runs.due import full_runs, good_runs

Mapped = Sequence[Source]


@dataclass(frozen=True)
class Step:
    """One reason why a member is not in the audience.

    `keep` answers those who stay; `label` says who they are, and `others` who is held back.
    """

    code: str
    label: Callable[[Activation, Mapped], str]
    others: Callable[[Activation, Mapped], str]
    keep: Callable[[Activation, Mapped, BitMap64], BitMap64]
    applies: Callable[[Activation], bool] = lambda _activation: True


def _kinds(mapping: Mapped) -> str:
    return " or ".join(key_of(mapping).kinds)


def _with_identifier(activation: Activation, mapping: Mapped, members: BitMap64) -> BitMap64:
    return sources.with_identifier(key_of(mapping).kinds, activation.segment.unit, members)


def _not_suppressed(activation: Activation, _mapping: Mapped, members: BitMap64) -> BitMap64:
    return members - _found(members, lambda ids: contact.suppressed(ids, channel_of(activation)))


def _consented(activation: Activation, _mapping: Mapped, members: BitMap64) -> BitMap64:
    channel = Channel(activation.channel)
    return _found(members, lambda ids: contact.consenting(ids, channel))


def _not_held_out(activation: Activation, _mapping: Mapped, members: BitMap64) -> BitMap64:
    return holdout.without(activation.segment_id, activation.holdout, members)


def _of_people(activation: Activation) -> bool:
    return activation.segment.unit == Unit.PROFILE


STEPS = (
    Step(
        "identifier",
        lambda _, mapping: f"with {_kinds(mapping)}",
        lambda _, mapping: f"not with {_kinds(mapping)}",
        _with_identifier,
    ),
    Step("suppressed", lambda *_: "not suppressed", lambda *_: "suppressed", _not_suppressed, _of_people),
    Step(
        "consented",
        lambda activation, _: f"who agreed to {activation.get_channel_display()}",
        lambda activation, _: f"who did not agree to {activation.get_channel_display()}",
        _consented,
        lambda activation: _of_people(activation) and activation.channel != "",
    ),
    Step(
        "holdout",
        lambda *_: "not in the holdout",
        lambda *_: "in the holdout",
        _not_held_out,
        lambda activation: activation.holdout > 0,
    ),
)
"""In the order in which people read the funnel. A step that holds back nobody ever is not among an activation's."""


def channel_of(activation: Activation) -> Channel | None:
    """The channel whose consent is asked for; None for a tool of our own, and for companies."""
    return Channel(activation.channel) if activation.channel and _of_people(activation) else None


def _found(members: BitMap64, ask: Callable[[list[int]], set[int]]) -> BitMap64:
    found = BitMap64()
    for ids in sources.chunks(members):
        found.update(ask(ids))
    return found


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
    for step in steps_of(activation):
        members = step.keep(activation, mapping, members)
        funnel.append({"step": step.code, "label": step.label(activation, mapping), "left": len(members)})
    return Audience(members, funnel, run, _age(activation.segment, run))


def among(activation: Activation, mapping: Sequence[Source], some: BitMap64, who: str) -> Audience:
    """The part of the audience that is among some people, `who` in words; the funnel is theirs. Called as `current`."""
    run = members_run(activation.segment)
    members = membership.load(activation.segment_id) & some
    funnel: list[dict[str, str | int]] = [
        {"step": "changed", "label": who, "left": len(some)},
        {"step": "members", "label": "members", "left": len(members)},
    ]
    return _through_steps(activation, mapping, members, funnel, run)


def may_stay(activation: Activation, mapping: Sequence[Source], some: BitMap64) -> BitMap64:
    """Of these people those whom no step holds back. Called as `current` is."""
    for step in steps_of(activation):
        some = step.keep(activation, mapping, some)
    return some


def must_go(activation: Activation, mapping: Sequence[Source], leaving: BitMap64) -> BitMap64:
    """Of people who are over there and not in the audience: whom the tool must forget.

    Where nobody is removed for leaving the segment, those alone whom a step holds back.
    """
    if activation.mode in (Mode.UPDATE, Mode.ADD):
        return leaving - may_stay(activation, mapping, leaving)
    return leaving


def steps_of(activation: Activation) -> list[Step]:
    return [step for step in STEPS if step.applies(activation)]


def usable(found: Audience, mapping: Sequence[Source], members: BitMap64) -> Audience:
    """The audience less those whose identifier turned out to be none that could be written as the tool wants it."""
    if len(members) == len(found.members):
        return found
    label = f"with a usable {' or '.join(key_of(mapping).kinds)}"
    step: dict[str, str | int] = {"step": "usable", "label": label, "left": len(members)}
    return replace(found, members=members, funnel=[*found.funnel, step])


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
