"""When data brought values of a trait last."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from profiles.catalogue import ensure_trait
from profiles.measures import arrivals
from profiles.models import TraitArrival

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "_noted", {})


def arrived() -> set[str]:
    return set(TraitArrival.objects.exclude(at=None).values_list("trait__key", flat=True))


def test_an_import_notes_the_traits_of_which_it_brings_values(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("external_id,plan,seats\nann,pro,\n")
    call_command("import_profiles", str(file), yes=True)
    assert arrived() == {"plan"}


def test_a_note_is_written_again_after_a_minute_only(monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_trait(unit="profile", key="plan", type="text")
    arrivals.note("profile", ["plan"])
    first = TraitArrival.objects.get().at
    arrivals.note("profile", ["plan", "unknown"])
    assert TraitArrival.objects.get().at == first
    monkeypatch.setattr(arrivals, "EVERY", 0.0)
    arrivals.note("profile", ["plan"])
    assert (TraitArrival.objects.get().at or first) > first  # type: ignore[operator]


def test_a_note_of_a_transaction_that_was_taken_back_is_not_remembered() -> None:
    ensure_trait(unit="profile", key="plan", type="text")
    with transaction.atomic():
        arrivals.note("profile", ["plan"])
        transaction.set_rollback(True)
    assert arrived() == set()
    arrivals.note("profile", ["plan"])
    assert arrived() == {"plan"}


def test_what_another_transaction_is_noting_is_not_waited_for() -> None:
    ensure_trait(unit="profile", key="plan", type="text")
    other = connection.copy()
    try:
        with other.cursor() as cursor, transaction.atomic():
            other.set_autocommit(False)
            cursor.execute("SELECT 1 FROM profiles_traitarrival FOR UPDATE")
            with connection.cursor() as ours:
                ours.execute("SET LOCAL lock_timeout = '1s'")
            arrivals.note("profile", ["plan"])
            other.rollback()
        assert arrived() == set()
    finally:
        other.close()
