"""Making and changing a segment: who may, what is saved, and that nothing written is lost or overwritten."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, Team, TeamMember, User
from segments.models import Draft, Segment, SegmentVersion
from tests.pages.company import make_catalogue, make_person, make_segment, make_team
from tests.pages.reading import text

RULE = {"trait": "plan", "op": "eq", "value": "Trial"}
OTHER = {"trait": "plan", "op": "eq", "value": "Team"}


@pytest.fixture
def editor(team: Team) -> User:
    person = make_person("eva@example.com", "Eva Editor")
    TeamMember.objects.create(team=team, user=person, role=Role.EDITOR)
    return person


@pytest.fixture
def browser_of_editor(editor: User, client: Client) -> Client:
    make_catalogue()
    client.force_login(editor)
    return client


def definition(rule: Any, unit: str = "profile") -> str:
    return json.dumps({"unit": unit, "rule": rule})


def filled(team: Team, owner: User, **given: Any) -> dict[str, Any]:
    """The form of a new segment as somebody has filled it in."""
    fields = {
        "name": "Trials", "key": "trials", "team": team.pk, "unit": "profile", "owner": owner.pk,
        "decision": "They get a nudge.", "review_on": "2100-01-01", "freshness": "3600",
        "definition": definition(RULE), "action": "save",
    }  # fmt: skip
    return fields | given


def opened(client: Client, address: str) -> dict[str, Any]:
    """The fields of a form as the page shows them."""
    form = client.get(address).context["form"]
    return {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}


def edited(client: Client, key: str, **given: Any) -> dict[str, Any]:
    """The form of a segment that is there, with some fields changed by its user."""
    fields = opened(client, f"/segments/{key}/edit/")
    return fields | {"freshness": "3600", "action": "save"} | given


def test_a_segment_is_saved_as_a_draft_with_its_first_version(
    browser_of_editor: Client, team: Team, editor: User
) -> None:
    answer = browser_of_editor.post("/segments/new/", filled(team, editor))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/segments/trials/")
    segment = Segment.objects.get(key="trials")
    version = SegmentVersion.objects.get(segment=segment)
    assert (segment.state, segment.owner, segment.review_on) == ("draft", editor, date(2100, 1, 1))
    assert (version.definition, version.words) == ({"unit": "profile", "rule": RULE}, "People whose Plan is Trial.")


def test_publishing_from_the_form_makes_it_live(browser_of_editor: Client, team: Team, editor: User) -> None:
    browser_of_editor.post("/segments/new/", filled(team, editor, action="publish"))
    assert Segment.objects.get(key="trials").state == "live"


def test_bad_input_saves_nothing_and_loses_nothing(browser_of_editor: Client, team: Team, editor: User) -> None:
    wrong = definition({"all": [{"trait": "plan", "op": "eq"}]})
    answer = browser_of_editor.post("/segments/new/", filled(team, editor, definition=wrong, name="Half done"))
    page = text(answer)
    assert answer.status_code == 422
    assert "Nothing you wrote is lost" in page
    assert "Rule as JSON: rule.all[0].value: " in page
    assert answer.context["form"]["definition"].value() == wrong
    assert answer.context["form"]["name"].value() == "Half done"
    assert not Segment.objects.exists()


@pytest.mark.parametrize("rule", [{"all": []}, {"any": []}, {"not": {"any": []}}])
def test_a_rule_without_conditions_is_never_published(
    browser_of_editor: Client, team: Team, editor: User, rule: dict[str, Any]
) -> None:
    fields = filled(team, editor, definition=definition(rule), action="publish")
    assert browser_of_editor.post("/segments/new/", fields).status_code == 422
    assert not Segment.objects.exists()


def test_publishing_asks_for_the_contract_and_then_saves_nothing(
    browser_of_editor: Client, team: Team, editor: User
) -> None:
    answer = browser_of_editor.post("/segments/new/", filled(team, editor, decision="", action="publish"))
    assert answer.status_code == 422
    assert "Say what is done differently for these members." in text(answer)
    assert not Segment.objects.exists()


def test_a_viewer_makes_and_changes_nothing(signed_in: Client, team: Team) -> None:
    make_segment("trials", team)
    for address in ("/segments/new/", "/segments/trials/edit/"):
        assert signed_in.get(address).status_code == 403
        assert signed_in.post(address, {}).status_code == 403
    assert signed_in.post("/segments/trials/draft/", {"name": "x"}).status_code == 403
    assert (SegmentVersion.objects.count(), Draft.objects.count()) == (1, 0)


def test_another_teams_segment_is_not_changed_nor_made_for_it(browser_of_editor: Client, editor: User) -> None:
    foreign = make_team("sales")
    make_segment("calls", foreign)
    assert browser_of_editor.get("/segments/calls/edit/").status_code == 403
    assert browser_of_editor.post("/segments/calls/edit/", {"name": "Mine"}).status_code == 403
    answer = browser_of_editor.post("/segments/new/", filled(foreign, editor))
    assert answer.status_code == 422
    assert (Segment.objects.count(), SegmentVersion.objects.count()) == (1, 1)


def test_an_edit_saves_a_new_version_and_says_what_stays_live(browser_of_editor: Client, team: Team) -> None:
    segment = make_segment("trials", team, rule=RULE)
    page = text(browser_of_editor.get("/segments/trials/edit/"))
    assert "Version 1 stays live until the new one is published." in page
    fields = edited(browser_of_editor, "trials", definition=definition(OTHER), note="Teams now")
    assert browser_of_editor.post("/segments/trials/edit/", fields).status_code == 302
    newest = SegmentVersion.objects.filter(segment=segment).order_by("-number")[0]
    segment.refresh_from_db()
    assert (newest.number, newest.state, newest.note) == (2, "draft", "Teams now")
    assert segment.published is not None
    assert segment.published.number == 1


def test_saving_what_was_not_changed_makes_no_version_and_no_entry(browser_of_editor: Client, team: Team) -> None:
    make_segment("trials", team, rule=RULE)
    fields = edited(browser_of_editor, "trials")
    entries = AuditEntry.objects.count()
    assert browser_of_editor.post("/segments/trials/edit/", fields).status_code == 302
    assert (SegmentVersion.objects.count(), AuditEntry.objects.count()) == (1, entries)


def test_a_version_that_somebody_saved_meanwhile_is_never_passed_over(
    browser_of_editor: Client, team: Team, editor: User
) -> None:
    segment = make_segment("trials", team, rule=RULE)
    mine = edited(browser_of_editor, "trials", definition=definition(OTHER))
    tom = make_person("tom@example.com", "Tom Okafor")
    given = {"sha256": "0" * 64, "words": "x", "author": tom, "definition": {"unit": "profile", "rule": RULE}}
    SegmentVersion.objects.create(segment=segment, number=2, **given)
    answer = browser_of_editor.post("/segments/trials/edit/", mine)
    page = text(answer)
    assert answer.status_code == 409
    assert "Tom Okafor saved version 2 while you edited. See changes Save as a new draft" in page
    assert answer.context["form"]["definition"].value() == definition(OTHER)
    assert SegmentVersion.objects.count() == 2
    again = mine | {"base": answer.context["form"]["base"].value(), "seen": answer.context["form"]["seen"].value()}
    assert browser_of_editor.post("/segments/trials/edit/", again).status_code == 302
    assert SegmentVersion.objects.get(number=3).definition == {"unit": "profile", "rule": OTHER}


def test_fields_that_others_changed_stay_theirs_unless_one_wants_the_same_field(
    browser_of_editor: Client, team: Team, editor: User
) -> None:
    contract: dict[str, Any] = {"decision": "A nudge.", "owner": editor, "review_on": date(2100, 1, 1)}
    segment = make_segment("trials", team, rule=RULE, **contract)
    mine = edited(browser_of_editor, "trials", name="Mine")
    Segment.objects.update(decision="Their decision")
    assert browser_of_editor.post("/segments/trials/edit/", mine).status_code == 302
    segment.refresh_from_db()
    assert (segment.name, segment.decision) == ("Mine", "Their decision")
    mine = edited(browser_of_editor, "trials", name="Mine again")
    Segment.objects.update(name="Theirs")
    answer = browser_of_editor.post("/segments/trials/edit/", mine)
    assert answer.status_code == 409
    assert "Somebody else changed this while you edited: Name." in text(answer)
    segment.refresh_from_db()
    assert segment.name == "Theirs"


def test_a_copy_begins_with_the_rule_of_its_original(browser_of_editor: Client, team: Team) -> None:
    make_segment("trials", team, rule=RULE, name="Trials")
    fields = opened(browser_of_editor, "/segments/new/?copy=trials")
    assert json.loads(fields["definition"]) == {"unit": "profile", "rule": RULE}
    assert (fields["name"], fields["key"]) == ("Copy of Trials", "trials-copy")


def test_templates_that_the_catalogue_allows_are_links_and_the_others_say_what_they_need(
    browser_of_editor: Client,
) -> None:
    answer = browser_of_editor.get("/segments/new/")
    page = text(answer)
    assert 'href="/segments/new/?goal=1-keep-customers"' in answer.content.decode()
    assert "Most valuable tenth Needs a number trait like “lifetime_value”." in page
    assert browser_of_editor.get("/segments/new/?goal=4-best-customers").status_code == 404
    fields = opened(browser_of_editor, "/segments/new/?goal=1-keep-customers")
    assert json.loads(fields["definition"])["rule"]["all"][1] == {"event": "Logged in", "op": "gte", "value": 1}


def test_a_draft_is_kept_for_its_writer_alone_and_is_no_entry_in_the_audit_log(
    browser_of_editor: Client, team: Team, editor: User
) -> None:
    make_segment("trials", team, rule=RULE)
    entries = AuditEntry.objects.count()
    fields = edited(browser_of_editor, "trials", name="Half a name")
    assert browser_of_editor.post("/segments/trials/draft/", fields).status_code == 204
    assert AuditEntry.objects.count() == entries
    assert "You have changes that you did not save" in text(browser_of_editor.get("/segments/trials/edit/"))
    assert opened(browser_of_editor, "/segments/trials/edit/?draft=1")["name"] == "Half a name"
    resumed, fresh = (opened(browser_of_editor, f"/segments/trials/edit/{query}") for query in ("?draft=1", ""))
    assert (resumed["seen"], resumed["base"]) == (fresh["seen"], str(fresh["base"]))
    other = Client()
    colleague = make_person("olga@example.com")
    TeamMember.objects.create(team=team, user=colleague, role=Role.EDITOR)
    other.force_login(colleague)
    assert "did not save" not in text(other.get("/segments/trials/edit/"))
    browser_of_editor.post("/segments/trials/edit/", edited(browser_of_editor, "trials", definition=definition(OTHER)))
    assert not Draft.objects.exists()
