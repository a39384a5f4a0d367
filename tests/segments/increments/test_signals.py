"""What is noted about whom, when something changes."""

from datetime import timedelta

import pyarrow as pa
import pytest
from django.db import transaction

from accounts.models import Team
from lib import clock
from profiles import signals
from profiles.changes import mark_profiles
from profiles.lake import batches
from profiles.models import Company, EventType, Profile, Signal, TailEvent
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


def noted() -> list[tuple[str, int | None, list[str], list[str], bool]]:
    """All signals, in order, and no more of them after this."""
    rows = list(Signal.objects.order_by("pk").values_list("unit", "member", "traits", "events", "whole"))
    Signal.objects.all().delete()
    return rows


@pytest.fixture
def ann(team: Team) -> Profile:
    person = data.make_profile("ann", company=data.make_company("acme"))
    Signal.objects.all().delete()
    return person


def test_a_changed_trait_is_noted_by_its_key(ann: Profile) -> None:
    with transaction.atomic():
        mark_profiles([ann.pk], ["plan"])

    assert noted() == [("profile", ann.pk, ["plan"], [], False)]


def test_who_changes_company_is_noted_with_both_whoever_writes_it(ann: Profile) -> None:
    before, tiny = ann.company_id, Company.objects.create(external_id="tiny")

    Profile.objects.filter(pk=ann.pk).update(company=tiny)
    assert noted() == [("company", before, [], [], True), ("company", tiny.pk, [], [], True)]

    Profile.objects.filter(pk=ann.pk).delete()
    assert noted() == [("company", tiny.pk, [], [], True)]


def test_an_event_is_noted_about_its_person_and_about_the_company_that_it_names(
    ann: Profile, ordered: EventType
) -> None:
    TailEvent.objects.create(
        event_type=ordered, profile=ann, company=ann.company, timestamp=data.AGES_AGO, message_id="1"
    )

    assert sorted(noted()) == [
        ("company", ann.company_id, [], ["ordered"], False),
        ("profile", ann.pk, [], ["ordered"], False),
    ]


def test_an_event_to_come_is_due_at_its_moment(ann: Profile, ordered: EventType) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    data.make_event(ordered, ann)
    data.make_event(ordered, ann, tomorrow)

    assert list(Signal.objects.order_by("pk").values_list("due_at", flat=True)) == [None, tomorrow]


def test_staged_people_and_events_are_noted_and_those_to_come_are_due(ann: Profile, ordered: EventType) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    rows = {"user_id": [ann.pk, ann.pk], "timestamp": [data.AGES_AGO, tomorrow], "message_id": ["1", "2"]}

    with transaction.atomic():
        batches.stage({"users": pa.table({"id": [ann.pk + 1]}), "ordered": pa.table(rows)})

    assert list(Signal.objects.order_by("pk").values_list("member", "events", "whole", "due_at")) == [
        (ann.pk + 1, [], True, None),
        (ann.pk, ["ordered"], False, None),
        (ann.pk, ["ordered"], False, tomorrow),
    ]


def test_more_than_are_worth_naming_are_noted_once(ann: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "MOST_NAMED", 2)

    with transaction.atomic():
        mark_profiles([1, 2, 3])

    assert noted() == [("profile", None, [], [], True)]


def test_what_is_rolled_back_is_not_noted(ann: Profile) -> None:
    with transaction.atomic():
        mark_profiles([ann.pk])
        transaction.set_rollback(True)

    assert noted() == []
