"""One worker at a time, told by a fence (I5). Runs are the rows here."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from lib import clock, leases
from segments.models import Run
from tests.segments import data
from tests.segments.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run() -> Run:
    data.live_segment("all", data.make_team(), {"everyone": True})
    return Run.objects.get()


def claim() -> list[Run]:
    return leases.claim(Run.objects.order_by("id"), seconds=60)


def let_run_out() -> None:
    Run.objects.update(leased_until=clock.now() - timedelta(seconds=1))


def test_a_claimed_row_is_passed_over_until_its_lease_runs_out(run: Run) -> None:
    [mine] = claim()
    assert claim() == []
    let_run_out()
    [theirs] = claim()
    assert theirs.fence == mine.fence + 1


def test_whoever_lost_a_row_can_neither_hold_nor_renew_it(run: Run) -> None:
    [mine] = claim()
    let_run_out()
    [theirs] = claim()
    with pytest.raises(leases.LeaseLostError), transaction.atomic():
        leases.hold(mine)
    with pytest.raises(leases.LeaseLostError):
        leases.renew(mine, seconds=60)
    leases.release(mine)
    theirs.refresh_from_db()
    assert theirs.leased_until is not None
    with transaction.atomic():
        leases.hold(theirs)


def test_a_row_that_was_given_back_is_not_taken_again_by_renewing(run: Run) -> None:
    [mine] = claim()
    leases.release(mine)
    with pytest.raises(leases.LeaseLostError):
        leases.renew(mine, seconds=60)
    assert [row.pk for row in claim()] == [run.pk]


def test_leases_are_renewed_while_work_goes_on(run: Run) -> None:
    [mine] = leases.claim(Run.objects.order_by("id"), seconds=0.6)
    ends = mine.leased_until
    assert ends is not None
    with leases.kept([mine], seconds=0.6):
        until(lambda: clock.now() > ends + timedelta(seconds=1))
        assert claim() == []
    until(claim)


def test_the_heartbeat_lets_go_of_what_was_lost(run: Run) -> None:
    [mine] = leases.claim(Run.objects.order_by("id"), seconds=0.6)
    with leases.kept([mine], seconds=0.6):
        leases.fence_off(Run.objects.all())
        [theirs] = claim()
        until(lambda: clock.now() > theirs.leased_until - timedelta(seconds=59) if theirs.leased_until else False)
    held = Run.objects.get()
    assert (held.fence, held.leased_until) == (theirs.fence, theirs.leased_until)


def test_the_heartbeat_does_not_wait_for_a_row_that_is_being_stored(run: Run) -> None:
    [mine] = leases.claim(Run.objects.order_by("id"), seconds=0.3)
    with transaction.atomic():
        leases.hold(mine)
        with leases.kept([mine], seconds=0.3):
            began = clock.now()
            until(lambda: clock.now() > began + timedelta(seconds=0.5))
        # leaving the block joined the heartbeat: had it waited for our lock, we would not be here
    assert Run.objects.get().fence == mine.fence


def test_a_worker_that_is_paused_while_it_stores_keeps_the_row_from_nobody(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "MOST_IDLE", timedelta(milliseconds=200))
    [mine] = claim()
    let_run_out()
    others: list[Run] = []

    def one_is_taken() -> bool:
        others.extend(claim())
        return bool(others)

    def take_over() -> None:
        until(one_is_taken)
        connection.close()

    def store_late() -> None:
        other = Thread(target=take_over)
        with transaction.atomic():
            leases.hold(mine)
            other.start()
            other.join(60)
            Run.objects.update(failure="stored too late")

    with pytest.raises(DatabaseError, match="idle-in-transaction timeout"):
        store_late()
    run.refresh_from_db()
    assert [row.fence for row in others] == [mine.fence + 1]
    assert run.failure == ""
