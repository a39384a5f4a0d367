"""The rule builder in a real browser: by mouse, by keyboard, as JSON, back and forth."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, TeamMember, User
from segments.models import Segment, SegmentVersion
from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import IS_TOO_WIDE, TO_THE_END
from tests.pages.company import make_person, make_team
from tests.rules.hostile import golden_documents
from tests.segments import small_world

pytestmark = pytest.mark.browser


@pytest.fixture
def builder(transactional_db: None, strict_page: Page, live_server: LiveServer) -> Page:
    """The page of a new segment, for an editor in a company of four people."""
    small_world.build()
    person = make_person("eva@example.com", "Eva Editor")
    TeamMember.objects.create(team=make_team("growth"), user=person, role=Role.EDITOR)
    sign_in(strict_page.context, live_server.url, person)
    strict_page.goto(f"{live_server.url}/segments/new/")
    expect(strict_page.locator("#preview")).to_contain_text("4 people in total")
    return strict_page


def rule_of(page: Page) -> Any:
    """What the form would send."""
    return json.loads(page.locator("#id_definition").input_value())["rule"]


def pick(page: Page, name: str) -> None:
    """Choose in the picker that is open."""
    page.get_by_role("combobox", name="Choose a trait").fill(name)
    page.get_by_role("option", name=re.compile(name)).first.click()


def write_json(page: Page, document: Any) -> None:
    page.get_by_role("button", name="JSON", exact=True).click()
    page.locator("#id_definition").fill(document if isinstance(document, str) else json.dumps(document))


def test_a_segment_is_built_by_mouse_and_saved(builder: Page) -> None:
    builder.get_by_label("Name", exact=True).fill("Paid and active")
    expect(builder.get_by_label("Key", exact=True)).to_have_value("paid-and-active")
    builder.get_by_role("button", name="Add condition").click()
    pick(builder, "Plan")
    builder.get_by_label("Plan: value").fill("Paid")
    builder.keyboard.press("Enter")
    expect(builder.locator("#preview .count-number")).to_have_text("2")
    expect(builder.locator("#sentence")).to_have_text("People whose Plan is Paid.")
    builder.get_by_role("button", name="Add condition").click()
    pick(builder, "logged_in")
    builder.get_by_label("When").select_option("at any time")
    expect(builder.locator(".line-count").nth(1)).to_contain_text("2")
    expect(builder.locator(".line-count").nth(2)).to_contain_text("3")
    expect(builder.locator("#preview .count-number")).to_have_text("1")
    builder.get_by_role("button", name="Save draft").click()
    expect(builder.get_by_role("heading", level=1)).to_have_text("Paid and active")
    assert SegmentVersion.objects.get().definition["rule"] == {
        "all": [
            {"trait": "plan", "op": "in", "value": ["Paid"]},
            {"event": "logged_in", "op": "gte", "value": 1},
        ]
    }


def test_a_segment_is_built_by_keyboard_alone(builder: Page) -> None:
    keys = builder.keyboard
    builder.get_by_label("Name", exact=True).focus()
    keys.type("By keys")
    builder.get_by_role("button", name="Add condition").focus()
    keys.press("Enter")
    expect(builder.get_by_role("combobox", name="Choose a trait")).to_be_focused()
    keys.type("plan")
    keys.press("Enter")
    expect(builder.get_by_label("Plan: comparison")).to_be_focused()
    keys.press("Tab")
    keys.type("Paid")
    keys.press("Enter")
    expect(builder.locator("#preview .count-number")).to_have_text("2")
    builder.get_by_role("button", name="Add condition").focus()
    keys.press("Enter")
    expect(builder.get_by_role("combobox", name="Choose a trait")).to_be_focused()
    keys.press("Escape")
    expect(builder.get_by_role("button", name="Choose a trait, an event or a segment", exact=True)).to_be_focused()
    keys.press("Alt+ArrowUp")
    expect(builder.locator("#b-live")).to_have_text("Moved to position 1 of 2")
    expect(builder.get_by_role("button", name="Choose a trait, an event or a segment", exact=True)).to_be_focused()
    assert rule_of(builder) == {"all": [{}, {"trait": "plan", "op": "in", "value": ["Paid"]}]}
    builder.get_by_role("button", name="Remove condition 1 of 2").focus()
    keys.press("Enter")
    expect(builder.get_by_role("button", name=re.compile("Plan$"))).to_be_focused()
    keys.press("Control+Enter")
    expect(builder.get_by_role("heading", level=1)).to_have_text("By keys")
    assert Segment.objects.get().key == "by-keys"


def test_the_json_stays_in_step_and_shows_errors_at_their_path(builder: Page) -> None:
    write_json(
        builder,
        small_world.definition(
            {"all": [{"trait": "plan", "op": "eq", "value": "Paid"}, {"trait": "pla", "op": "eq", "value": 1}]}
        ),
    )
    expect(builder.locator("#json-errors li")).to_contain_text("rule.all[1].trait")
    builder.get_by_role("button", name="rule.all[1].trait").click()
    selected = builder.locator("#id_definition").evaluate(
        "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    )
    assert selected == '"pla"'
    builder.get_by_role("button", name="Conditions").click()
    expect(builder.locator(".line.has-problem .line-problem")).to_contain_text("pla")
    builder.get_by_label("Plan: value").fill("Free")
    assert rule_of(builder)["all"][0]["value"] == "Free"


def test_json_that_is_none_is_kept_as_it_was_typed(builder: Page) -> None:
    write_json(builder, "{ half")
    builder.get_by_role("button", name="Conditions").click()
    expect(builder.locator("#builder")).to_contain_text("can’t be drawn as conditions")
    assert builder.locator("#id_definition").input_value() == "{ half"
    expect(builder.locator("#preview")).to_contain_text("This is not JSON")


def test_undo_goes_back_and_forth(builder: Page) -> None:
    builder.get_by_role("button", name="Add condition").click()
    pick(builder, "Plan")
    builder.get_by_label("Plan: value").fill("Paid")
    builder.keyboard.press("Enter")
    made = rule_of(builder)
    builder.keyboard.press("Control+z")
    assert rule_of(builder) == {"all": [{"trait": "plan", "op": "in"}]}
    builder.get_by_role("button", name="Undo").click()
    builder.get_by_role("button", name="Undo").click()
    assert rule_of(builder) == {"all": []}
    for _ in range(3):
        builder.get_by_role("button", name="Redo").click()
    assert rule_of(builder) == made


def test_fast_typing_shows_the_count_of_the_last_letter_only(builder: Page) -> None:
    write_json(builder, small_world.definition({"event": "logged_in", "op": "gte", "value": 1}))
    expect(builder.locator("#preview .count-number")).to_have_text("3")
    builder.get_by_role("button", name="Conditions").click()
    times = builder.get_by_label("logged_in: value")
    for typed in ("2", "5", "1", "3"):
        times.fill(typed)
    expect(builder.locator("#preview .count-number")).to_have_text("2")
    expect(builder.locator("#sentence")).to_contain_text("at least 3 times")


def test_every_golden_document_is_drawn_and_saved_unchanged(builder: Page) -> None:
    faults = []
    for document in golden_documents():
        written = json.dumps(document, indent=1)
        try:
            written.encode()
        except UnicodeEncodeError:
            continue
        builder.evaluate(
            "text => { document.getElementById('id_definition').value = text; Builder.editText(text); }", written
        )
        builder.evaluate("Builder.showView('lines')")
        if builder.locator("#id_definition").input_value() != written:
            faults.append(document)
        drawn = builder.evaluate("Builder.edit(['rule'], (rule) => rule) ?? JSON.stringify(Builder.store.document)")
        same = json.loads(drawn, parse_int=float) == json.loads(written, parse_int=float)  # numbers are doubles
        if not same or list(json.loads(drawn)) != list(document):
            faults.append(document)
    assert faults == []
    assert builder.locator("#builder .builder-head").count() == 1


def test_it_fits_a_phone_and_axe_finds_nothing_while_it_is_used(builder: Page, axe: Callable[[Page], None]) -> None:
    builder.set_viewport_size({"width": 390, "height": 844})
    write_json(
        builder,
        small_world.definition(
            {
                "all": [
                    {"any": [{"trait": "plan", "op": "in", "value": ["Paid", "Free"]}, {}]},
                    {
                        "sequence": [{"event": "logged_in"}, {"event": "bought", "within": "3 days"}],
                        "window": {"last": "30 days"},
                    },
                    {"not": {"event": "bought", "where": [{"property": "amount", "op": "between", "value": [1, 9]}]}},
                ]
            }
        ),
    )
    builder.get_by_role("button", name="Conditions").click()
    expect(builder.locator("#bar-count")).to_contain_text("people")
    assert not builder.evaluate(IS_TOO_WIDE)
    builder.evaluate(TO_THE_END)
    axe(builder)
    builder.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    axe(builder)
    builder.set_viewport_size({"width": 1440, "height": 900})
    builder.evaluate(TO_THE_END)
    axe(builder)


def test_two_editors_never_overwrite_each_other(builder: Page, live_server: LiveServer) -> None:
    builder.get_by_label("Name", exact=True).fill("Shared")
    write_json(builder, small_world.definition({"trait": "plan", "op": "eq", "value": "Paid"}))
    builder.get_by_role("button", name="Save draft").click()
    expect(builder.get_by_role("heading", level=1)).to_have_text("Shared")
    builder.goto(f"{live_server.url}/segments/shared/edit/")
    tom = User.objects.create_user("tom@example.com", name="Tom Okafor")
    first = SegmentVersion.objects.get()
    given = {"sha256": "1" * 64, "words": "x", "definition": first.definition, "author": tom}
    SegmentVersion.objects.create(segment=first.segment, number=2, **given)
    builder.get_by_label("Plan: value").fill("Free")
    builder.get_by_role("button", name="Save draft").click()
    expect(builder.get_by_role("alert")).to_contain_text("Tom Okafor saved version 2 while you edited.")
    expect(builder.get_by_label("Plan: value")).to_have_value("Free")
    builder.get_by_role("button", name="Save as a new draft").click()
    expect(builder.get_by_role("heading", level=1)).to_have_text("Shared")
    assert SegmentVersion.objects.get(number=3).definition["rule"]["value"] == "Free"
