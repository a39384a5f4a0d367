"""A pass of the checks: what stays on record, what is snoozed, and how it shows as health."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core.exceptions import ValidationError

from accounts.actors import INSTALLATION
from lib import clock
from segments import inspection, services
from segments.checks import Check, Finding, Severity, World
from segments.checks.discovery import all_checks
from segments.health import in_words, with_health
from segments.models import CheckFinding, Inspection, Segment
from tests.racing import at_once
from tests.segments import data
from tests.segments.checks.test_checks import count

pytestmark = pytest.mark.django_db


@dataclass(eq=False)
class Given(Check):
    """Finds what it is told to."""

    key: ClassVar[str] = "given"
    title: ClassVar[str] = "Given"
    found: list[Finding] = field(default_factory=list)

    def findings(self, world: World) -> Iterable[Finding]:
        assert world.live
        return self.found


@pytest.fixture
def segment() -> Segment:
    segment = data.live_segment("all", data.make_team(), {"everyone": True})
    count(segment, range(1, 5))
    return segment


def finding(segment: Segment, evidence: str = "It is so.", severity: Any = Severity.WARN, subject: str = "") -> Finding:
    return Finding(segment.pk, severity, evidence, "Mend it.", subject)


def health(segment: Segment) -> tuple[str, str]:
    row = with_health(Segment.objects.filter(pk=segment.pk)).get()
    return row.health, in_words(row, clock.now()).reason


def test_a_finding_keeps_its_first_day_while_it_lasts_and_goes_with_its_cause(segment: Segment) -> None:
    check = Given([finding(segment, "Two.")])
    inspection.inspect([check])
    first = CheckFinding.objects.get()
    check.found = [finding(segment, "Three.")]
    inspection.inspect([check])
    second = CheckFinding.objects.get()
    assert (second.pk, second.found_at, second.evidence) == (first.pk, first.found_at, "Three.")
    check.found = []
    inspection.inspect([check])
    assert not CheckFinding.objects.exists()
    assert list(Inspection.objects.order_by("pk").values_list("segments", "findings")) == [(1, 1), (1, 1), (1, 0)]


def test_health_tells_the_worst_finding_and_how_many_more_but_no_hint(segment: Segment) -> None:
    assert health(segment)[0] == "fresh"
    check = Given([finding(segment, severity=Severity.HINT)])
    inspection.inspect([check])
    assert health(segment)[0] == "fresh"
    check.found = [finding(segment, subject="a"), finding(segment, severity=Severity.BAD, subject="b")]
    inspection.inspect([check])
    assert health(segment) == ("attention", "Given, and 1 more")


def test_what_is_snoozed_is_silent_until_then_even_if_it_goes_and_comes_back(segment: Segment) -> None:
    check = Given([finding(segment)])
    inspection.inspect([check])
    until = clock.now() + timedelta(days=7)
    services.snooze_finding(actor=INSTALLATION, finding=CheckFinding.objects.get(), until=until, reason="We know.")
    assert health(segment)[0] == "fresh"
    check.found = []
    inspection.inspect([check])
    assert not CheckFinding.objects.get().is_open
    check.found = [finding(segment)]
    inspection.inspect([check])
    assert health(segment)[0] == "fresh"
    CheckFinding.objects.update(snoozed_until=clock.now())
    assert health(segment) == ("attention", "Given")


def test_snoozing_needs_a_reason_and_a_time_to_come(segment: Segment) -> None:
    inspection.inspect([Given([finding(segment)])])
    [row] = CheckFinding.objects.select_related("segment__team")
    for until, reason in ((timedelta(days=-1), "We know."), (timedelta(days=7), " "), (timedelta(days=400), "x")):
        with pytest.raises(ValidationError):
            services.snooze_finding(actor=INSTALLATION, finding=row, until=clock.now() + until, reason=reason)
    assert CheckFinding.objects.get().snoozed_until is None


def test_a_pass_is_due_an_hour_after_the_last_one(segment: Segment) -> None:
    assert inspection.is_due()
    inspection.inspect([Given()])
    assert not inspection.is_due()
    Inspection.objects.update(started_at=clock.now() - inspection.EVERY)
    assert inspection.is_due()
    assert segment.pk


def test_every_check_has_a_name_of_its_own_and_a_pass_of_all_of_them_works(segment: Segment) -> None:
    keys = [check.key for check in all_checks()]
    assert len(set(keys)) == len(keys)
    assert {"empty", "overlap", "never_matched", "contradiction"} <= set(keys)
    assert inspection.inspect() is not None
    assert set(CheckFinding.objects.values_list("segment", flat=True)) <= {segment.pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_passes_at_once_the_findings_are_the_same_as_of_one() -> None:
    segment = data.live_segment("all", data.make_team(), {"everyone": True})
    check = Given([finding(segment)])
    assert at_once(lambda: inspection.inspect([check]), lambda: inspection.inspect([check])) == [None, None]
    assert CheckFinding.objects.count() == 1
