"""A stale or thinning input is a finding of every segment that depends on it."""

from datetime import timedelta

import pytest

from accounts.actors import INSTALLATION
from accounts.models import Team
from lib import clock
from profiles import services
from profiles.models import MeasuredTable, Source, TraitArrival, TraitDay, TraitDefinition, TraitValues
from segments import inspection
from segments.checks.discovery import all_checks
from segments.health import Health, with_health
from segments.models import CheckFinding, Segment
from tests.segments import data

pytestmark = pytest.mark.django_db

RULE = {"trait": "plan", "op": "eq", "value": "pro"}


@pytest.fixture
def team() -> Team:
    return data.make_team()


def make_plan() -> TraitDefinition:
    source = Source.objects.create(key="crm", name="CRM", promise=timedelta(days=1))
    trait = data.make_trait("plan", "text", label="Plan")
    TraitDefinition.objects.update(source=source)
    TraitArrival.objects.create(trait=trait, at=clock.now() - timedelta(days=3))
    return trait


def found(key: str) -> list[tuple[str, str, str]]:
    assert inspection.inspect([check for check in all_checks() if check.key == key]) is not None
    rows = CheckFinding.objects.filter(check_key=key, is_open=True).order_by("segment__key")
    return list(rows.values_list("segment__key", "severity", "evidence"))


def test_a_stale_trait_is_told_of_on_whatever_depends_on_it(team: Team) -> None:
    make_plan()
    data.live_segment("payers", team, RULE)
    data.live_segment("some", team, {"segment": "payers"})
    data.live_segment("others", team, {"everyone": True})
    said = "Plan: The newest value is 3 days old; “CRM” promises one every day."
    assert found("stale_input") == [("payers", "warn", said), ("some", "warn", said)]
    row = CheckFinding.objects.filter(segment__key="payers").get()
    assert (row.subject, row.numbers["promise_seconds"]) == ("profile plan", 86_400)
    assert "its last import" in row.next_step
    TraitArrival.objects.update(at=clock.now())
    assert found("stale_input") == []


def test_a_thinning_trait_is_a_finding_with_both_shares(team: Team) -> None:
    trait, now = make_plan(), clock.now()
    data.live_segment("payers", team, RULE)
    TraitValues.objects.create(trait=trait, population=1000, filled=400, different=2, measured_at=now)
    TraitDay.objects.create(trait=trait, day=now.date() - timedelta(days=9), population=1000, filled=900)
    said = "Plan: 40 % have it now; up to 90 % had in the last four weeks."
    assert found("thinning_input") == [("payers", "warn", said)]


def test_it_shows_as_the_health_of_the_segment(team: Team) -> None:
    make_plan()
    segment = data.live_segment("payers", team, RULE)
    segment.runs.update(state="succeeded", as_of=clock.now(), finished_at=clock.now(), members=1)
    found("stale_input")
    row = with_health(Segment.objects.filter(pk=segment.pk)).get()
    assert (row.health, row.faults, row.fault) == (Health.ATTENTION, 1, "Input stale")


def test_checks_look_again_soon_after_inputs_were_counted_for_the_first_time() -> None:
    assert inspection.inspect([]) is not None
    assert not inspection.is_due()
    table = MeasuredTable.objects.create(name="users", fence=1, measured_at=clock.now())
    assert inspection.is_due()
    MeasuredTable.objects.filter(pk=table.pk).update(fence=2)
    assert not inspection.is_due()


@pytest.mark.django_db(transaction=True)
def test_a_value_that_nobody_has_but_is_a_synonym_names_the_stored_one(team: Team) -> None:
    trait = data.make_trait("country", "text")
    services.describe_trait(actor=INSTALLATION, trait=trait, synonyms={"US": ["United States", "USA"]})
    for number in range(3):
        data.make_profile(f"p{number}", country="US")
    data.live_segment("americans", team, {"trait": "country", "op": "eq", "value": "united states"})
    [(_, _, said)] = found("never_matched")
    assert said == "No person has country “united states”. 3 have “US”."
