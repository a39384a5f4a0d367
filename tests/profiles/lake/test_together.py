"""Facts arrive, two processes look after the lake at once, and readers look: no snapshot is torn."""

from datetime import timedelta

import pytest
from django.db import transaction

from profiles import changes
from profiles.lake import batches, compaction, copies, flush, vacuum
from profiles.lake.snapshot import Snapshot, open_snapshot
from profiles.models import EventType, Profile, TailEvent
from tests.profiles.lake.facts import START, make_company, order_table
from tests.profiles.lake.processes import start
from tests.profiles.lake.watching import watched

ORDERS = 40


@pytest.mark.django_db(transaction=True)
def test_each_person_has_as_many_orders_as_their_score_says_in_every_snapshot() -> None:
    make_company(people=6)
    Profile.objects.update(traits={}, lasting=True)
    with watched(torn, readers=2) as watch:
        workers = [start(work) for work in (order_again_and_again, keep_the_lake, keep_the_lake)]
        for worker in workers:
            worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert watch.wrong == []
    assert watch.right > 2
    with open_snapshot() as snapshot:
        assert snapshot.connection.sql('SELECT count(*), count(DISTINCT message_id) FROM "order"').fetchall() == [
            (ORDERS, ORDERS)
        ]


def torn(snapshot: Snapshot) -> str | None:
    """People whose score differs from the number of their orders, or of their rows in `tracks`."""
    wrong = snapshot.connection.sql(
        """
        SELECT u.id, u.score, o.orders, t.orders FROM users u
        LEFT JOIN (SELECT user_id, count(*) AS orders FROM "order" GROUP BY 1) o ON o.user_id = u.id
        LEFT JOIN (SELECT user_id, count(DISTINCT message_id) AS orders FROM tracks GROUP BY 1) t ON t.user_id = u.id
        WHERE coalesce(u.score, 0) != coalesce(o.orders, 0) OR coalesce(u.score, 0) != coalesce(t.orders, 0)
        """
    ).fetchall()
    people = snapshot.connection.sql("SELECT count(*) FROM users").fetchall()
    return str(wrong) if wrong else None if people == [(6,)] else f"{people} people"


def order_again_and_again() -> None:
    """Each transaction adds an order, through the tail or staged, and counts it in the person's score."""
    event = EventType.objects.get(table="order")
    people = list(Profile.objects.order_by("pk"))
    for number in range(ORDERS):
        person = people[number % len(people)]
        moment, message = START + timedelta(days=number), f"order {number}"
        with transaction.atomic():
            person.traits = {"score": person.traits.get("score", 0) + 1}
            person.save()
            changes.mark_profiles([person.pk])
            if number % 10:
                TailEvent.objects.create(event_type=event, profile=person, timestamp=moment, message_id=message)
            else:
                batches.stage({"order": order_table([(person.pk, None, moment, message, None)])})


def keep_the_lake() -> None:
    for _ in range(3):
        flush.flush_tail()
        copies.copy_changes()
        compaction.compact(most_files=2)
        vacuum.vacuum()
