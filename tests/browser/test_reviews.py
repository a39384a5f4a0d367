"""From a saved change over its plan and an approval into force, by two people in their browsers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actors import INSTALLATION
from accounts.models import Role, Team, TeamMember
from segments import inspection, services
from segments.models import Segment
from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import IS_TOO_WIDE
from tests.pages.company import make_person, make_team
from tests.segments import data, small_world

pytestmark = pytest.mark.browser


@pytest.fixture
def team(transactional_db: None) -> Team:
    """One that wants four eyes, with a live segment of two and one that names it."""
    small_world.build()
    team = make_team("growth")
    Team.objects.filter(pk=team.pk).update(four_eyes=True)
    paid = data.make_segment("payers", team, expected_least=50, tags=["billing"])
    for segment, rule in (
        (paid, small_world.PAID),
        (data.make_segment("others", team), {"not": {"segment": "payers"}}),
    ):
        version = data.save(segment, rule)
        services.publish_unapproved(actor=INSTALLATION, version=version, reason="For the test.")
    return team


def browser_of(name: str, role: Role, team: Team, page: Page, live_server: LiveServer) -> Page:
    person = make_person(f"{name}@example.com", name.title())
    TeamMember.objects.create(team=team, user=person, role=role)
    sign_in(page.context, live_server.url, person)
    return page


def test_a_change_is_planned_approved_and_published(
    team: Team, strict_page: Page, browser: Browser, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    segment = Segment.objects.get(key="payers")
    data.save(segment, {"trait": "plan", "op": "eq", "value": "Free"})
    editor = browser_of("eva", Role.EDITOR, team, strict_page, live_server)
    editor.goto(f"{live_server.url}/segments/payers/versions/2/")
    expect(editor.locator("#plan")).to_contain_text("1 enters, 2 leave. 2 members become 1.")
    expect(editor.locator("#plan")).to_contain_text("Others")
    axe(editor)
    editor.get_by_role("button", name="Send for review").click()
    expect(editor.get_by_text("Somebody else of the team approves what you wrote.")).to_be_visible()
    with browser.new_context(viewport={"width": 390, "height": 800}) as context:
        approver = browser_of("ada", Role.APPROVER, team, context.new_page(), live_server)
        approver.goto(f"{live_server.url}/review/approvals/")
        axe(approver)
        approver.get_by_role("link", name="Payers, version 2").click()
        assert not approver.evaluate(IS_TOO_WIDE)
        approver.get_by_role("button", name="Approve").click()
        expect(approver.get_by_text("Approved. It can be published now.")).to_be_visible()
    editor.reload()
    editor.get_by_role("button", name="Publish now").click()
    expect(editor.get_by_text("Version 2 is in force.")).to_be_visible()


def test_what_checks_have_found_is_snoozed_from_the_page(
    team: Team, strict_page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    Segment.objects.update(review_on="2020-01-01")
    inspection.inspect()
    editor = browser_of("eva", Role.EDITOR, team, strict_page, live_server)
    editor.goto(f"{live_server.url}/segments/payers/")
    checks = editor.locator("#checks")
    expect(checks).to_contain_text("The review was due on 1 Jan 2020")
    checks.get_by_text("Snooze", exact=True).first.click()
    axe(editor)
    checks.get_by_label("because").first.fill("We look at it in March.")
    checks.get_by_role("button", name="Snooze").first.click()
    expect(checks).to_contain_text("by Eva: We look at it in March.")
