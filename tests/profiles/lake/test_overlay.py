"""What a process keeps of the overlay between snapshots is exact, whenever transactions begin and end (I1, I3)."""

import threading
from collections.abc import Callable, Iterator
from random import Random

import pytest
from django.db import connection, transaction

from profiles import changes
from profiles.lake import copies, flush, overlay
from profiles.lake.layout import load_layouts
from profiles.lake.overlay import Visible
from profiles.lake.state import one_state
from profiles.models import ChangedProfile, Profile, TailEvent
from tests.profiles.lake.facts import Facts, make_company, told_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts() -> Facts:
    return make_company()


class Elsewhere:
    """Another session of Postgres: does one thing at a time when told, in a thread of its own."""

    def __init__(self, steps: Callable[[], Iterator[None]]) -> None:
        self._steps = steps()
        self._go, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def go_on(self) -> None:
        """Let it work up to its next pause, or its end."""
        self._go.release()
        assert self._done.acquire(timeout=30)

    def _run(self) -> None:
        try:
            for _ in self._in_turn():
                self._done.release()
                self._go.acquire()
        finally:
            connection.close()
            self._done.release()

    def _in_turn(self) -> Iterator[None]:
        self._go.acquire()
        yield from self._steps


def test_a_transaction_that_ends_after_a_snapshot_and_began_before_it_is_seen_by_the_next(facts: Facts) -> None:
    facts.arrive(4)
    facts.change(facts.people[:6])

    def late() -> Iterator[None]:
        with transaction.atomic():
            with transaction.atomic():  # with an id of its own, as savepoints have
                facts.arrive(3)
            facts.change(facts.people[10:16])
            yield

    other = Elsewhere(late)
    other.go_on()
    told_now()  # which sees nothing of it
    with transaction.atomic():
        Profile.objects.filter(pk=facts.people[20].pk).update(traits={"plan": "other"})
        changes.mark_profiles([facts.people[20].pk])
    told_now()
    other.go_on()

    assert told_now() == facts.truth()


def test_a_mark_with_an_earlier_transaction_than_the_one_before_is_seen(facts: Facts) -> None:
    person = facts.people[0]

    def slow() -> Iterator[None]:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            yield
            Profile.objects.filter(pk=person.pk).update(traits={"plan": "slow"})
            changes.mark_profiles([person.pk])

    other = Elsewhere(slow)
    other.go_on()
    facts.change(facts.people[:2])  # a later transaction that ends earlier
    assert told_now() == facts.truth()
    other.go_on()

    assert told_now() == facts.truth()


def test_an_older_state_does_not_see_what_was_kept_of_a_newer_one(facts: Facts) -> None:
    users = load_layouts()["users"]
    scores = {row[0]: row[3] for row in facts.truth()["users"]}
    found: list[dict[int, float]] = []

    def older() -> Iterator[None]:
        with one_state():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_snapshot()::text, count(*) FROM profiles_changedprofile")
                state, number = cursor.fetchone() or ("", 0)
            yield
            rows = overlay.changed_rows(users, users.columns, Visible.parse(state), number).to_pylist()
            found.append({row["id"]: row["score"] for row in rows if row["present"]})

    other = Elsewhere(older)
    other.go_on()
    facts.change(facts.people[:8])
    assert told_now() == facts.truth()
    other.go_on()

    assert found == [scores]


def test_marks_that_went_are_gone(facts: Facts) -> None:
    copies.copy_changes()
    facts.change(facts.people[:6])
    assert told_now() == facts.truth()
    last = facts.people[5]
    ChangedProfile.objects.filter(pk=last.pk).delete()
    copied = {row[0]: row for row in told_now()["users"]}

    assert copied[last.pk] != {row[0]: row for row in facts.truth()["users"]}[last.pk]


def test_events_that_are_written_differently_are_read_again(facts: Facts) -> None:
    facts.arrive(2)
    assert told_now() == facts.truth()
    TailEvent.objects.filter(event_type=facts.orders).update(properties={"total": 99.0})
    facts.events["order"] = [(*row[:4], 99.0) for row in facts.events["order"]]

    assert told_now() == facts.truth()


@pytest.mark.parametrize("seed", range(3))
def test_snapshots_stay_exact_through_whatever_happens_in_any_order(facts: Facts, seed: int) -> None:
    random = Random(seed)
    things: list[Callable[[], object]] = [
        lambda: facts.arrive(random.randint(1, 3)),
        lambda: facts.change(random.sample(facts.people, 3)),
        lambda: facts.stage(2),
        flush.flush_tail,
        copies.copy_changes,
    ]
    for _ in range(12):
        random.choices(things, weights=[4, 4, 1, 1, 1])[0]()
        assert told_now() == facts.truth()
