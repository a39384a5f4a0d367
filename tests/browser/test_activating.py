"""Journeys through activations, tokens, the team and the audit log, by mouse and by keyboard."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, Team, TeamMember, User
from activations.engine import runner
from activations.models import Activation, SyncRun
from tests.activations import building
from tests.browser.conftest import sign_in
from tests.pages.company import make_person, make_segment, make_team

pytestmark = pytest.mark.browser


@pytest.fixture
def team(transactional_db: None) -> Team:
    return make_team("growth", "Growth marketing", "#0b6fd3")


@pytest.fixture
def marketer(team: Team) -> User:
    """An admin of a team with a segment of three, one of whom has no e-mail address."""
    person = make_person("maya@example.com", "Maya Lindqvist")
    TeamMember.objects.create(team=team, user=person, role=Role.ADMIN)
    building.traits(plan="text")
    people = [building.a_person(f"p{number}@example.com", plan="Trial") for number in (1, 2)]
    building.has_members(make_segment("trials", team), [*people, building.a_person(plan="Free")])
    return person


@pytest.fixture
def desk(marketer: User, strict_page: Page, live_server: LiveServer) -> Page:
    """The catalogue as the marketer sees it."""
    sign_in(strict_page.context, live_server.url, marketer)
    strict_page.goto(f"{live_server.url}/segments/")
    return strict_page


def test_a_marketer_connects_a_folder_tries_activates_syncs_and_reads_the_run(
    desk: Page, axe: Callable[[Page], None], settings: Settings
) -> None:
    desk.get_by_role("link", name="Activations").click()
    desk.get_by_role("link", name="Set up the first activation").click()
    desk.get_by_role("button", name="Go on").click()
    desk.get_by_role("checkbox", name="Send plan").check()
    desk.get_by_role("link", name="Files", exact=True).click()
    form = desk.get_by_role("form", name="Connect Files")
    form.get_by_label("Name").fill("Newsletter files")
    form.get_by_label("Folder").fill("../out")
    form.get_by_role("button", name="Connect Files").click()
    expect(desk.get_by_role("radio", name="Newsletter files")).to_be_checked()
    expect(form).to_have_count(0)
    desk.get_by_role("button", name="Test Newsletter files").click()
    expect(desk.locator(".tested")).to_contain_text("not below the exports folder")
    desk.get_by_role("link", name="Files", exact=True).click()
    form.get_by_label("Name").fill("Good files")
    form.get_by_label("Folder").fill("out")
    form.get_by_role("button", name="Connect Files").click()
    expect(desk.get_by_role("radio", name="Good files")).to_be_checked()
    desk.get_by_role("radio", name="Only by hand").check()
    desk.get_by_role("button", name="Dry run").click()
    expect(desk.locator("#dry-run")).to_contain_text("2 would be sent")
    expect(desk.get_by_role("checkbox", name="Send plan")).to_be_checked()
    axe(desk)
    desk.get_by_role("button", name="Activate").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(Activation.objects.get().name)
    desk.get_by_role("button", name="Sync now").click()
    expect(desk.get_by_text("Waits for a worker.")).to_be_visible()
    axe(desk)
    runner.perform(SyncRun.objects.get().pk)
    expect(desk.locator(".segment-title .sign")).to_have_text("Succeeded")
    expect(desk.locator(".tile", has_text="Added")).to_contain_text("2")
    expect(desk.locator("#funnel")).to_contain_text("1 held back")
    written = sorted(path.name for path in Path(settings.EXPORTS, "out").iterdir())
    assert len([name for name in written if name.endswith("_added.csv")]) == 1


def test_an_admin_creates_a_token_copies_it_and_uses_it(desk: Page, live_server: LiveServer) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.get_by_role("button", name="Account of Maya Lindqvist").click()
    desk.get_by_role("link", name="API tokens").click()
    desk.get_by_label("Name").fill("Nightly job")
    desk.get_by_role("button", name="Create the token").click()
    desk.get_by_role("button", name="Copy").click()
    expect(desk.get_by_role("button", name="Copied")).to_be_visible()
    token = desk.evaluate("navigator.clipboard.readText()")
    assert token == desk.get_by_label("The token").input_value()
    desk.context.clear_cookies()
    answer = desk.request.get(f"{live_server.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["email"] == "maya@example.com"


def test_the_team_is_switched_by_keyboard(desk: Page) -> None:
    desk.get_by_role("button", name="Working on All teams").focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Growth marketing").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Working on Growth marketing")).to_be_visible()
    desk.get_by_role("link", name="Activations").focus()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"/activations/\?team=growth$"))


def test_an_admin_adds_somebody_and_finds_it_in_the_audit_log(desk: Page, axe: Callable[[Page], None]) -> None:
    make_person("tom@example.com", "Tom Okafor")
    desk.get_by_role("link", name="Team settings").click()
    desk.get_by_role("link", name="Members").click()
    desk.get_by_label("E-mail address").fill("tom@example.com")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status")).to_have_text("Tom Okafor is in the team.")
    desk.get_by_label("Role of Tom Okafor", exact=True).select_option("approver")
    desk.get_by_role("button", name="Change the role of Tom Okafor").click()
    desk.get_by_role("navigation", name="Main").get_by_role("link", name="Audit log").click()
    entry = desk.get_by_role("listitem").filter(has_text="made tom@example.com approver of Growth marketing")
    entry.get_by_text("1 field").click()
    expect(entry.locator(".diff-before")).to_contain_text("viewer")
    expect(entry.locator(".diff-after")).to_contain_text("approver")
    entry.get_by_text("As JSON").click()
    axe(desk)
