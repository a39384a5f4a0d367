"""Marks of changes, and the copies that take them over."""

import pytest
from deltalake import DeltaTable
from django.db import transaction

from profiles import changes
from profiles.lake import copies, delta, layout
from profiles.lake.files import folder
from profiles.models import ChangedProfile, Profile, TailEvent
from tests.profiles.lake.facts import Facts, make_company, told_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts() -> Facts:
    return make_company()


def test_a_copy_takes_over_what_is_marked_and_clears_the_marks(facts: Facts) -> None:
    assert copies.copy_changes() == len(facts.people) + len(facts.companies)
    assert copies.copy_changes() == 0
    assert told_now() == facts.truth()


def test_only_the_buckets_that_changed_are_rewritten(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    far = Profile.objects.create(pk=5 << layout.BUCKET_BITS, lasting=True, traits={"plan": "far"})
    changes.mark_profiles([far.pk])
    copies.copy_changes()
    before = bucket_files()
    assert before.keys() == {"0", "5"}
    facts.change(facts.people[:4])
    copies.copy_changes()
    after = bucket_files()
    assert after["5"] == before["5"]
    assert after["0"] != before["0"]


def test_a_bucket_that_nobody_is_left_in_has_no_file(facts: Facts) -> None:
    copies.copy_changes()
    Profile.objects.update(lasting=False)
    changes.mark_profiles(person.pk for person in facts.people)
    copies.copy_changes()
    assert bucket_files() == {}
    assert told_now() == facts.truth()


def test_a_deleted_person_leaves_the_copy(facts: Facts) -> None:
    copies.copy_changes()
    gone = facts.people.pop()
    with transaction.atomic():
        changes.mark_profiles([gone.pk])
        gone.delete()
    assert told_now() == facts.truth()
    copies.copy_changes()
    assert told_now() == facts.truth()


def test_many_changes_are_copied_in_passes_of_bounded_size(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "FEWEST_ROWS", 7)
    monkeypatch.setattr(copies, "CELLS", 1)
    assert copies.copy_changes() == len(facts.people) + len(facts.companies)
    assert told_now() == facts.truth()
    assert not ChangedProfile.objects.exists()


def test_a_later_mark_has_another_generation(facts: Facts) -> None:
    person = facts.people[0].pk
    first = ChangedProfile.objects.get(pk=person)
    changes.mark_profiles([person])
    second = ChangedProfile.objects.get(pk=person)
    assert second.generation > first.generation
    assert second.since == first.since


def test_the_overlay_is_full_when_what_comes_would_pass_its_bound(
    facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "OVERLAY_ROWS", 42)
    assert not changes.overlay_full()
    assert not changes.overlay_full(2)
    assert changes.overlay_full(3)
    copies.copy_changes()
    assert not changes.overlay_full(3)
    facts.arrive(20)
    assert TailEvent.objects.count() == 40
    assert changes.overlay_full(3)


def bucket_files() -> dict[str, str]:
    return {bucket: path for path, bucket in delta.files_of(DeltaTable(str(folder("users")))).items()}
