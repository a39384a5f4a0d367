"""What people may do with segments, and what is refused."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.actors import INSTALLATION, Actor
from accounts.models import Role, Team
from segments import services
from segments.models import Run, Segment, SegmentVersion
from segments.rules.errors import DefinitionErrors
from tests.segments import data

pytestmark = pytest.mark.django_db

EVERYONE: dict[str, Any] = {"everyone": True}


def codes(refused: pytest.ExceptionInfo[DefinitionErrors]) -> list[tuple[str, str]]:
    return [(error.path, error.code.value) for error in refused.value.errors]


def test_a_version_keeps_what_people_wrote_its_hash_and_its_words() -> None:
    data.make_trait("plan", "text", label="Plan")
    segment = data.make_segment("paid", data.make_team())
    rule = {"value": "Paid", "trait": "plan", "op": "eq"}

    version = data.save(segment, rule)
    other = data.save(segment, {"all": [rule]})

    version.refresh_from_db()
    assert list(version.definition["rule"]) == ["value", "trait", "op"]
    assert (version.number, other.number) == (1, 2)
    assert version.sha256 == other.sha256
    assert "Paid" in version.words
    assert "Plan" in version.words
    assert version.state == "draft"
    assert Segment.objects.get().state == "draft"


def test_an_invalid_definition_is_refused_with_all_its_mistakes() -> None:
    segment = data.make_segment("paid", data.make_team())
    with pytest.raises(DefinitionErrors) as refused:
        data.save(segment, {"all": [{"trait": "plan", "op": "eq", "value": 1}, {"segment": "nowhere"}]})
    assert codes(refused) == [("rule.all[0].trait", "unknown_trait"), ("rule.all[1].segment", "unknown_segment")]
    assert not SegmentVersion.objects.exists()


def test_a_definition_of_the_other_unit_is_refused() -> None:
    segment = data.make_segment("paid", data.make_team())
    with pytest.raises(DefinitionErrors) as refused:
        services.save_version(segment=segment, definition={"unit": "company", "rule": EVERYONE}, actor=INSTALLATION)
    assert codes(refused) == [("unit", "wrong_unit")]


def test_what_a_version_says_never_changes() -> None:
    version = data.save(data.make_segment("all", data.make_team()), EVERYONE)
    changes: tuple[dict[str, Any], ...] = ({"definition": {}}, {"words": "Nobody."}, {"sha256": ""}, {"number": 7})
    for change in changes:
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            SegmentVersion.objects.filter(pk=version.pk).update(**change)
    version.refresh_from_db()
    assert (version.number, version.definition["rule"]) == (1, EVERYONE)


def test_publishing_moves_the_pointer_supersedes_and_asks_for_a_run() -> None:
    segment = data.make_segment("all", data.make_team())
    first = data.save(segment, EVERYONE)
    second = data.save(segment, {"not": EVERYONE})

    services.publish(version=first, actor=INSTALLATION)
    published = services.publish(version=second, actor=INSTALLATION)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (published.state, published.published) == ("live", second)
    assert (first.state, second.state) == ("superseded", "published")
    assert second.published_at is not None
    run = Run.objects.get()
    assert (run.state, run.trigger) == ("queued", "published")


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({"decision": " "}, {"decision"}),
        ({"owner": None, "review_on": None}, {"owner", "review_on"}),
        ({"review_on": date(2020, 1, 1)}, {"review_on"}),
    ],
)
def test_a_contract_with_gaps_is_not_published(fields: dict[str, Any], lacks: set[str]) -> None:
    segment = data.make_segment("all", data.make_team(), **fields)
    with pytest.raises(ValidationError) as refused:
        data.publish(segment, EVERYONE)
    assert set(refused.value.message_dict) == lacks
    segment.refresh_from_db()
    assert (segment.state, segment.published) == ("draft", None)
    assert not Run.objects.exists()


def test_a_superseded_version_comes_back_only_as_a_new_one() -> None:
    segment = data.make_segment("all", data.make_team())
    first = data.save(segment, EVERYONE)
    services.publish(version=first, actor=INSTALLATION)
    data.publish(segment, {"not": EVERYONE})
    with pytest.raises(ValidationError, match="superseded"):
        services.publish(version=first, actor=INSTALLATION)


def test_a_circle_of_references_is_refused_even_if_both_were_saved_before() -> None:
    team = data.make_team()
    first = data.live_segment("first", team, EVERYONE)
    second = data.live_segment("second", team, EVERYONE)
    to_second, to_first = data.save(first, {"segment": "second"}), data.save(second, {"segment": "first"})
    services.publish(version=to_second, actor=INSTALLATION)
    with pytest.raises(DefinitionErrors) as refused:
        services.publish(version=to_first, actor=INSTALLATION)
    assert codes(refused) == [("rule.segment", "cycle")]
    second.refresh_from_db()
    assert second.published is not None
    assert second.published.number == 1


def test_a_chain_of_more_than_eight_references_is_refused() -> None:
    team = data.make_team()
    data.live_segment("s0", team, EVERYONE)
    for depth in range(1, 9):
        data.live_segment(f"s{depth}", team, {"segment": f"s{depth - 1}"})
    with pytest.raises(DefinitionErrors) as refused:
        data.live_segment("s9", team, {"segment": "s8"})
    assert codes(refused) == [("rule.segment", "limit")]


def test_a_segment_that_others_refer_to_is_not_retired() -> None:
    team = data.make_team()
    base = data.live_segment("base", team, EVERYONE)
    above = data.live_segment("above", team, {"segment": "base"})
    with pytest.raises(ValidationError, match="'above'"):
        services.retire(segment=base, actor=INSTALLATION)
    services.retire(segment=above, actor=INSTALLATION)
    services.retire(segment=base, actor=INSTALLATION)
    assert set(Segment.objects.values_list("state", flat=True)) == {"retired"}
    assert set(Run.objects.values_list("state", flat=True)) == {"cancelled"}


def test_the_key_of_a_retired_segment_is_never_used_again() -> None:
    team = data.make_team()
    services.retire(segment=data.live_segment("all", team, EVERYONE), actor=INSTALLATION)
    with pytest.raises(ValidationError) as refused:
        data.make_segment("all", team)
    assert set(refused.value.message_dict) == {"key"}


def test_a_new_version_has_the_segments_that_refer_to_it_recomputed_too() -> None:
    team = data.make_team()
    base = data.live_segment("base", team, EVERYONE)
    data.live_segment("middle", team, {"segment": "base"})
    data.live_segment("top", team, {"not": {"segment": "middle"}})
    data.live_segment("other", team, EVERYONE)
    Run.objects.update(state=Run.State.SUCCEEDED)
    data.publish(base, {"not": EVERYONE})
    opened = Run.objects.filter(state=Run.State.QUEUED).values_list("segment__key", flat=True)
    assert set(opened) == {"base", "middle", "top"}


def test_a_paused_segment_keeps_its_members_until_it_is_resumed() -> None:
    segment = data.live_segment("all", data.make_team(), EVERYONE)
    services.pause(segment=segment, actor=INSTALLATION)
    with pytest.raises(ValidationError, match="resume"):
        services.request_recompute(segment=segment, actor=INSTALLATION)
    assert Run.objects.get().state == "cancelled"
    services.resume(segment=segment, actor=INSTALLATION)
    assert Run.objects.order_by("-id")[0].state == "queued"


def test_asking_twice_makes_one_run() -> None:
    segment = data.live_segment("all", data.make_team(), EVERYONE)
    asked = [services.request_recompute(segment=segment, actor=INSTALLATION) for _ in range(2)]
    assert asked[0] == asked[1] == Run.objects.get()


def cast(team: Team) -> dict[str, Actor]:
    """One person for each role in the team, and somebody of another team."""
    people = {role: data.make_person(f"{role}@example.com", team, role) for role in Role.values}
    people["outsider"] = data.make_person("outsider@example.com", data.make_team("other"), "admin")
    return {name: Actor(person) for name, person in people.items()}


def test_only_editors_of_the_team_change_its_segments() -> None:
    team = data.make_team()
    people, segment = cast(team), data.make_segment("all", team)
    definition = {"unit": "profile", "rule": EVERYONE}
    for stranger in ("outsider", "viewer"):
        with pytest.raises(PermissionDenied, match="role editor or higher in the team Growth"):
            services.save_version(segment=segment, definition=definition, actor=people[stranger])
    assert not SegmentVersion.objects.exists()
    version = services.save_version(segment=segment, definition=definition, actor=people["editor"])
    assert version.author == people["editor"].user
    assert services.publish(version=version, actor=people["editor"]).state == "live"
    with pytest.raises(PermissionDenied, match="role approver"):
        services.retire(segment=segment, actor=people["editor"])


def test_the_owner_of_a_segment_belongs_to_its_team() -> None:
    team = data.make_team()
    stranger = data.make_person("stranger@example.com", data.make_team("other"))
    with pytest.raises(ValidationError) as refused:
        data.make_segment("all", team, owner=stranger)
    assert set(refused.value.message_dict) == {"owner"}
    assert not Segment.objects.exists()


@pytest.mark.parametrize("key", ["preview", "explain"])
def test_a_key_that_is_an_address_of_the_api_is_refused(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        data.make_segment(key, data.make_team())
    assert list(refused.value.message_dict) == ["key"]
    assert not Segment.objects.exists()
