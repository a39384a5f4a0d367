"""Two people do something to the same version at the same moment: one wins, the other is told."""

from functools import partial

import pytest

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, Role, Team
from segments import scheduled, services
from segments.models import Run, Segment, SegmentVersion
from tests.racing import at_once
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
EVERYONE = {"everyone": True}


def proposed(key: str, team: Team) -> SegmentVersion:
    return services.propose(actor=INSTALLATION, version=data.save(data.make_segment(key, team), EVERYONE))


def approver(name: str, team: Team) -> Actor:
    return Actor(data.make_person(f"{name}@example.com", team, Role.APPROVER))


def written(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def test_of_two_approvals_one_counts() -> None:
    team = data.make_team()
    first, second = approver("first", team), approver("second", team)
    for number in range(ROUNDS):
        version = proposed(f"s{number}", team)
        refusals = at_once(
            partial(services.approve, actor=first, version=version),
            partial(services.approve, actor=second, version=version),
        )
        [refused] = [each for each in refusals if each is not None]
        assert "is approved now, not proposed" in str(refused)
        assert written("segment.approve") == number + 1


def test_an_approval_never_outlives_an_edit() -> None:
    team = data.make_team()
    reviewer, editor = approver("reviewer", team), Actor(data.make_person("editor@example.com", team))
    for number in range(ROUNDS):
        version = proposed(f"s{number}", team)
        edit = {"unit": "profile", "rule": {"not": EVERYONE}}
        refusals = at_once(
            partial(services.approve, actor=reviewer, version=version),
            partial(services.save_version, actor=editor, segment=version.segment, definition=edit),
        )
        assert refusals[1] is None
        assert refusals[0] is None or "is draft now, not proposed" in str(refusals[0])
        states = (
            SegmentVersion.objects.filter(segment=version.segment).order_by("number").values_list("state", flat=True)
        )
        assert list(states) == ["draft", "draft"]


def test_a_segment_is_published_and_then_retired_or_retired_and_not_published() -> None:
    team = data.make_team()
    reviewer = approver("reviewer", team)
    for number in range(ROUNDS):
        version = data.save(data.make_segment(f"s{number}", team), EVERYONE)
        published, retired = at_once(
            partial(services.publish, actor=reviewer, version=version),
            partial(services.retire, actor=reviewer, segment=version.segment),
        )
        assert retired is None
        assert published is None or "A retired segment never comes back" in str(published)
        assert Segment.objects.get(pk=version.segment_id).state == "retired"
        assert not Run.objects.filter(segment=version.segment_id, state__in=("queued", "running")).exists()


def test_two_ticks_publish_a_version_once() -> None:
    version = data.save(data.make_segment("all", data.make_team()), EVERYONE)
    owner = Actor(version.segment.owner)
    SegmentVersion.objects.filter(pk=version.pk).update(publish_at="2020-01-01T00:00:00Z", publish_by=owner.user)
    assert at_once(scheduled.publish_due, scheduled.publish_due) == [None, None]
    version.refresh_from_db()
    assert (version.state, version.publish_failure) == ("published", "")
    assert (written("segment.publish"), written("segment.publication_failed")) == (1, 0)
