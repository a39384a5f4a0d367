"""Every page, in both themes and two widths: axe finds nothing, nothing scrolls sideways, one h1."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from activations.models import Delivery, SyncRun
from lib import clock
from tests.browser.conftest import sign_in
from tests.pages.company import add_sync, make_funnel

pytestmark = pytest.mark.browser
SIZES = {"desktop": {"width": 1440, "height": 900}, "mobile": {"width": 390, "height": 844}}
PAGES = [
    "/segments/",
    "/segments/?team=growth&q=people",
    "/segments/?q=nothing-like-this",
    "/segments/trials-going-quiet/",
    "/segments/hibernating-payers/",
    "/segments/new-this-week/",
    "/segments/ready-for-more-seats/",
    "/segments/trials-going-quiet/members/",
    "/segments/trials-going-quiet/versions/",
    "/segments/hibernating-payers/runs/",
    "/segments/trials-going-quiet/activations/",
    "/segments/trials-going-quiet/audit/",
    "/segments/trials-going-quiet/pause/",
    "/segments/trials-going-quiet/retire/",
    "/profiles/",
    "/profiles/ann-17/",
    "/companies/acme/",
    "/activations/",
    "/activations/?q=nothing-like-this",
    "/activations/new/",
    "/activations/new/?segment=trials-going-quiet",
    "/connections/new/?kind=webhook",
    "/teams/growth/",
    "/teams/growth/members/",
    "/teams/growth/connections/",
    "/account/",
    "/tokens/",
    "/password/",
    "/audit/",
    "/segments/new/",
    "/segments/trials-going-quiet/edit/",
]
UNFOLD = "() => document.querySelectorAll('main details:not(.outside details)').forEach(one => { one.open = true })"
TO_THE_END = "() => scrollTo(0, document.body.scrollHeight)"  # where a bar that sticks covers nothing
IS_TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible(
    company: User, strict_page: Page, live_server: LiveServer, axe: Callable[[Page], None], theme: str, size: str
) -> None:
    page = strict_page
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.goto(f"{live_server.url}/sign-in/")
    check(page, axe, theme)
    sign_in(page.context, live_server.url, company)
    for address in [*PAGES, *addresses_of_things()]:
        page.goto(live_server.url + address)
        expect(page.locator(".htmx-request")).to_have_count(0)
        page.evaluate(UNFOLD)
        page.wait_for_load_state("networkidle")
        check(page, axe, theme)


def addresses_of_things() -> list[str]:
    """The pages of an activation that failed, of its connection and its run, and of a run that waits for a person."""
    failed = SyncRun.objects.filter(state="failed").select_related("activation")[0]
    calls = failed.activation
    refused = add_sync(calls, clock.now(), "partial", rejected=1, funnel=make_funnel(530, 471))
    Delivery.objects.create(
        activation=calls,
        member=7,
        key="p7@example.com",
        payload_hash=1,
        state="rejected",
        reason="unknown",
        run=refused,
    )
    waiting = add_sync(calls, clock.now(), "waiting", finished_at=None, removals_planned=212)
    runs = [f"/sync-runs/{run.pk}/" for run in (failed, refused, waiting)]
    return [
        f"/activations/{calls.key}/",
        f"/activations/{calls.key}/edit/",
        f"/connections/{calls.connection_id}/",
        *runs,
    ]


def check(page: Page, axe: Callable[[Page], None], theme: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    expect(page.locator("h1")).to_have_count(1)
    assert (page.url, page.evaluate(IS_TOO_WIDE)) == (page.url, False)
    page.evaluate(TO_THE_END)
    axe(page)


def test_a_page_that_is_not_there_is_accessible(
    company: User, page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    for theme in ("light", "dark"):
        page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
        page.goto(f"{live_server.url}/no-such-page/")
        expect(page.locator("h1")).to_have_text("There is no such page")
        check(page, axe, theme)


def test_what_opens_is_accessible_too(registry: Page, axe: Callable[[Page], None]) -> None:
    registry.keyboard.press("?")
    expect(registry.get_by_role("dialog")).to_be_visible()
    axe(registry)
    registry.keyboard.press("Escape")
    registry.get_by_role("button", name="Team", exact=True).click()
    expect(registry.get_by_label("Sales")).to_be_visible()
    axe(registry)


def test_the_check_finds_faults(registry: Page, axe: Callable[[Page], None]) -> None:
    registry.evaluate("document.querySelector('main').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        axe(registry)
