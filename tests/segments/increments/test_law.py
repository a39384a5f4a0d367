"""The law of increments: once all signals are taken, the stored sets are those that a run of everybody finds."""

from collections.abc import Callable
from random import Random

import pytest

from segments.models import MicroBatch, Run, Segment
from tests.segments.increments.worlds import LivingWorld, differences, meanwhile, still

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 2


def compare(seed: int, monkeypatch: pytest.MonkeyPatch, rounds: int, segments: int) -> tuple[int, str]:
    """Things happen, signals are taken, everybody is counted, in any order and into each other, and after each round
    all sets are compared; answers how many were, and what went on in words."""
    world = LivingWorld(seed, segments)
    still(monkeypatch, world.world.as_of)
    meanwhile(monkeypatch, "runs.evaluated", lambda: world.interrupt(taking=True))
    meanwhile(monkeypatch, "signals.evaluated", lambda: world.interrupt(taking=False))
    world.recount(list(Segment.objects.all()))
    compared = telling = 0
    for _ in range(rounds):
        world.burst(taking=True)
        world.recount()
        world.burst(taking=False)
        world.come_to_rest()
        for key, stored, found in differences(world.world.as_of):
            assert stored == found, f"'{key}' of world {seed}, after {world.changed} changes"
            compared += 1
            telling += bool(found)
    increments = Run.objects.filter(trigger=Run.Trigger.SIGNALS).count()
    batches = MicroBatch.objects.count()
    happened = f"{world.changed} changes, {len(world.merged)} merges"
    return compared, f"{telling} with members, {happened}, {batches} micro-batches, {increments} increments"


@pytest.mark.parametrize("seed", range(4))
def test_signals_leave_the_members_that_a_run_of_everybody_finds(
    seed: int, monkeypatch: pytest.MonkeyPatch, printed: Callable[[str], None]
) -> None:
    compared, told = compare(seed, monkeypatch, ROUNDS, segments=6)

    assert compared >= 6 * ROUNDS
    printed(f"R1 increments against runs of everybody: {compared} sets, 0 differences; {told}")


@pytest.mark.deep
@pytest.mark.parametrize("part", range(10))
def test_signals_leave_them_in_thousands_of_sets(
    part: int, monkeypatch: pytest.MonkeyPatch, printed: Callable[[str], None]
) -> None:
    compared, told = compare(Random().randrange(10**9), monkeypatch, rounds=8, segments=26)

    assert compared >= 200
    printed(f"R1 increments against runs of everybody: {compared} sets, 0 differences; {told}")
