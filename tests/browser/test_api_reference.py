"""The API as a page, and hostile text on every page, in a browser with the strict content policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.api.test_hostile_text import PAGES, TEXTS, fill
from tests.api.world import make_person
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


def test_the_reference_works_without_scripts_of_its_own_and_without_another_host(
    registry: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    hosts: set[str] = set()
    registry.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    registry.get_by_role("link", name="API", exact=True).click()
    expect(registry.get_by_role("heading", level=1)).to_have_text("API")
    parts = registry.get_by_role("navigation", name="Parts of the API")
    parts.get_by_role("link", name="segments").click()
    expect(registry.locator("#get_segments")).to_be_visible()
    operation = registry.locator("article", has=registry.locator("#post_segments"))
    operation.get_by_text("a draft", exact=True).click()
    expect(operation.locator("details[open] pre")).to_contain_text('"key": "payers"')
    axe(registry)
    assert hosts <= {live_server.url.split("/")[2]}


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_anybody_runs_on_a_page(
    text: str, transactional_db: None, strict_page: Page, live_server: LiveServer
) -> None:
    fill(text)
    sign_in(strict_page.context, live_server.url, make_person("staff", administrator=True))
    for path in PAGES:
        strict_page.goto(f"{live_server.url}{path}")
        assert strict_page.evaluate("window.executed") is None, path
        assert strict_page.locator("img[src='x']").count() == 0, path
