"""Takes every page of a running demo, in both themes and two widths, into var/screenshots/: `make screenshots`.

Pages are found as a person finds them: by following links from the start page, first as the marketer, then as the
administrator, one picture for each route (of segments, each). Reads ADDRESS (http://127.0.0.1:8000) and CHROMIUM. To be
looked at by a person: nothing is compared.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import django
from playwright.sync_api import Browser, Page, Response, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["DEMO"] = "1"
django.setup()

from django.urls import Resolver404, resolve  # noqa: E402  (Django's settings come first)

from demo.staff import PASSWORD, address  # noqa: E402

ADDRESS = os.environ.get("ADDRESS", "http://127.0.0.1:8000")
FOLDER = ROOT / "var" / "screenshots"
WIDTHS = {"desktop": (1440, 900), "mobile": (390, 844)}
THEMES = ("light", "dark")
PEOPLE = ("maya", "ada")
EACH = {"segment-page": 12, "profile-page": 2, "company-page": 2, "activation-page": 3}
"""Routes of which more than one picture is worth it."""
LEFT_OUT = re.compile(r"^/(admin/.+|sign-out|api/|static/)|\.csv$|/file/$")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Sign in once per person and combination, then visit every page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("only", nargs="?", default="", help="a regular expression on the names of pictures")
    wanted = re.compile(arguments.parse_args().only)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for theme in THEMES:
            for width in WIDTHS:
                take_all(browser, theme, width, wanted)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")


def take_all(browser: Browser, theme: str, width: str, wanted: re.Pattern[str]) -> None:
    """Every page in one theme and one width."""
    wide, high = WIDTHS[width]
    seen = Seen()
    for person in PEOPLE:
        context = browser.new_context(
            viewport={"width": wide, "height": high}, reduced_motion="reduce", base_url=ADDRESS, color_scheme="light"
        )
        context.add_cookies([{"name": "theme", "value": theme, "url": ADDRESS}])
        page = context.new_page()
        for name in pages(page, person, seen, width):
            if wanted.search(name):
                page.screenshot(path=FOLDER / f"{name}-{theme}-{width}.png", full_page=True)
        context.close()


@dataclass
class Seen:
    """What was visited already, by whomever: addresses, and how many of each route."""

    paths: set[str] = field(default_factory=set)
    routes: dict[str, int] = field(default_factory=dict)

    def wants(self, path: str) -> str:
        """The name of the picture of a path that should be taken now; empty for one that should not."""
        if path in self.paths or LEFT_OUT.search(path):
            return ""
        self.paths.add(path)
        try:
            route = resolve(path).url_name or ""
        except Resolver404:
            return ""
        number = self.routes.get(route, 0)
        if not route or number >= EACH.get(route, 1):
            return ""
        self.routes[route] = number + 1
        return f"{route}-{path.strip('/').split('/')[-1]}" if route in EACH else route


def pages(page: Page, person: str, seen: Seen, width: str) -> Iterator[str]:
    """Bring each page up and name it; the picture is taken in between."""
    if person == PEOPLE[0]:
        yield from signing_in_wrongly(page)
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(address(person))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/segments/"))
    if person == PEOPLE[0]:
        yield from around_the_catalogue(page, width)
        page.goto("/no-such-page")
        yield "404"
        yield from explained(page)
    yield from linked(page, seen)


def linked(page: Page, seen: Seen) -> Iterator[str]:
    """Every page that links lead to, the nearest first."""
    waiting = ["/segments/"]
    for path in waiting:
        name = seen.wants(path)
        if not name:
            continue
        answer = visited(page, path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.wait_for_timeout(400)  # charts and fragments; pages that ask again and again are never idle
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        waiting += [urlsplit(link).path for link in links if link.startswith(ADDRESS)]
        yield name


def explained(page: Page) -> Iterator[str]:
    """Why somebody is in a segment, unfolded on their page."""
    page.goto("/segments/newsletter-readers/members/")
    page.locator("a.row-link").first.click()
    page.locator(".why summary").first.click()
    page.locator(".why-tree").first.wait_for()
    yield "profile-why"


def visited(page: Page, path: str) -> Response | None:
    """Go there; once more, where the page before has just begun to load itself anew."""
    try:
        return page.goto(path)
    except PlaywrightError:
        return page.goto(path)


def signing_in_wrongly(page: Page) -> Iterator[str]:
    """The first page, and what it says to a wrong password."""
    page.goto("/sign-in/")
    yield "sign-in"
    page.get_by_label("E-mail address").fill("somebody@harbourline.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    yield "sign-in-wrong"


def around_the_catalogue(page: Page, width: str) -> Iterator[str]:
    """The catalogue while it is worked with."""
    if width == "mobile":
        page.get_by_role("button", name="Menu").click()
        page.locator("#menu.show").wait_for()
        yield "catalogue-menu"
        page.goto("/segments/")
    page.keyboard.press("?")
    yield "keys"
    page.goto("/segments/")
    page.get_by_role("button", name="Team", exact=True).click()
    page.locator(".filter-menu.show input").first.check()
    page.locator(".chip").first.wait_for()
    yield "catalogue-filter-open"
    page.goto("/segments/?q=xyz")
    yield "catalogue-empty"


if __name__ == "__main__":
    main()
