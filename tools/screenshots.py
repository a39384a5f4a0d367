"""Takes every page of a running registry, in both themes and two widths, into var/screenshots/: `make screenshots`.

Reads ADDRESS (http://127.0.0.1:8000), EMAIL and PASSWORD of somebody who may sign in, and CHROMIUM. To be looked at by
a person: nothing is compared.
"""

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "var" / "screenshots"
WIDTHS = {"desktop": (1440, 900), "mobile": (390, 844)}
THEMES = ("light", "dark")
SEGMENTS_SHOWN = 12
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Sign in once per combination, then visit every page."""
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
    address = os.environ.get("ADDRESS", "http://127.0.0.1:8000")
    wide, high = WIDTHS[width]
    context = browser.new_context(viewport={"width": wide, "height": high}, reduced_motion="reduce", base_url=address)
    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page = context.new_page()
    for name in pages(page, width):
        if wanted.search(name):
            page.screenshot(path=FOLDER / f"{name}-{theme}-{width}.png", full_page=True)
    context.close()


def pages(page: Page, width: str) -> Iterator[str]:
    """Bring each page up and name it; the picture is taken in between."""
    page.goto("/sign-in/")
    yield "sign-in"
    page.get_by_label("E-mail address").fill(os.environ.get("EMAIL", "admin@example.com"))
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    yield "sign-in-wrong"
    page.get_by_label("Password").fill(os.environ["PASSWORD"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/segments/"))
    yield "catalogue"
    yield from around_the_catalogue(page, width)
    page.goto("/segments/")
    for address in [link.get_attribute("href") or "" for link in page.locator("a.row-link").all()][:SEGMENTS_SHOWN]:
        page.goto(urljoin(page.url, address))
        page.wait_for_load_state("networkidle")
        yield f"segment-{address.strip('/').split('/')[-1]}"
    yield from parts_of_a_segment(page)
    yield from customers(page)
    page.goto("/no-such-page")
    yield "404"
    page.goto("/admin/")
    yield "admin"


def parts_of_a_segment(page: Page) -> Iterator[str]:
    """The tabs of the first segment, and the question before it is paused."""
    page.goto("/segments/")
    page.goto(urljoin(page.url, page.locator("a.row-link").first.get_attribute("href") or ""))
    segment = page.url
    for part in ("members", "versions", "runs", "activations", "pause"):
        page.goto(f"{segment}{part}/")
        yield f"part-{part}"


def customers(page: Page) -> Iterator[str]:
    """The search for people, and the page of one with a reason unfolded and their company; needs their permission."""
    page.goto("/profiles/")
    yield "profiles"
    page.goto("/segments/")
    page.goto(urljoin(page.url, page.locator("a.row-link").first.get_attribute("href") or "") + "members/")
    page.locator("a.row-link").first.click()
    page.locator(".why summary").first.click()
    page.locator(".why-tree").first.wait_for()
    page.wait_for_load_state("networkidle")
    yield "profile"
    if page.locator(".facts a").count():
        page.locator(".facts a").first.click()
        page.wait_for_load_state("networkidle")
        yield "company"


def around_the_catalogue(page: Page, width: str) -> Iterator[str]:
    """The catalogue while it is worked with."""
    if width == "mobile":
        page.get_by_role("button", name="Menu").click()
        page.locator("#menu.show").wait_for()
        yield "catalogue-menu"
        page.goto("/segments/")
    page.keyboard.press("?")
    yield "keys"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Team").click()
    page.locator(".filter-menu.show input").first.check()
    page.locator(".chip").wait_for()
    yield "catalogue-filter-open"
    page.goto("/segments/?q=xyz")
    yield "catalogue-empty"


if __name__ == "__main__":
    main()
