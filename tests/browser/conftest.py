"""The pages in the system's Chromium; skipped with a reason where there is none, except under CI, where that fails."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.pages.company import make_company

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API keeps a loop in this thread

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_RUN = """() => axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
})"""
GIVEN_UP = ("htmx:sendAbort,", "htmx:afterRequest,")
REPORT_CSP = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.effectiveDirective))"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(chromium).exists():
        missing = f"There is no Chromium at {chromium}: install it (apt install chromium), or name it in CHROMIUM."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return {**browser_type_launch_args, "executable_path": chromium, "headless": True, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    size = {"width": 1440, "height": 900}
    return {**browser_context_args, "viewport": size, "locale": "en-GB", "reduced_motion": "reduce"}


def is_fault(message: ConsoleMessage) -> bool:
    return message.type == "error" and not message.text.startswith(GIVEN_UP) and "(Conflict)" not in message.text


@pytest.fixture
def strict_page(page: Page) -> Iterator[Page]:
    """A page on which any console error, exception or breach of the content policy fails the test.

    Two errors are as they should be: htmx gives up a request for a newer one, and a form answers 409 (Conflict).
    """
    faults: list[str] = []
    page.add_init_script(REPORT_CSP)
    page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []


@pytest.fixture
def company(transactional_db: None) -> User:
    """The sample company; its administrator."""
    return make_company()


@pytest.fixture
def registry(company: User, strict_page: Page, live_server: LiveServer) -> Page:
    """The catalogue of the sample company, signed in as its administrator."""
    sign_in(strict_page.context, live_server.url, company)
    strict_page.goto(f"{live_server.url}/segments/")
    return strict_page


def sign_in(context: BrowserContext, address: str, user: User) -> None:
    """Give a browser the session of somebody."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fails for anything that axe finds. It comes in over the debugging protocol, which the page's policy allows."""
    source = AXE.read_text()

    def run(page: Page) -> None:
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": source})
        violations = page.evaluate(AXE_RUN)["violations"]
        found = [(fault["id"], [node["target"] for node in fault["nodes"]][:3]) for fault in violations]
        assert (page.url, found) == (page.url, [])

    return run
