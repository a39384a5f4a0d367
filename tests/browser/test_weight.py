"""What a first visit costs: bytes as a compressing server sends them, and no other host."""

from urllib.parse import urlsplit

import brotli  # type: ignore[import-untyped]  # the package has none
import pytest
from playwright.sync_api import Page, Response
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser
PAGE_LIMIT = 250 * 1024
SHELL_SCRIPTS_LIMIT = 60 * 1024
OF_SOME_PAGES = ("/chartjs/", "/charts", "/js/builder/", "/preact/", "/htm/", "/jsi18n/")
"""Scripts that the shell does not bring to every page."""
COMPRESSED_ALREADY = (".woff2",)


def weight(response: Response) -> int:
    """The size of a response after brotli; static files are stored so compressed, pages by the proxy in front."""
    body = response.body()
    return len(body) if response.url.endswith(COMPRESSED_ALREADY) else len(brotli.compress(body, quality=9))


@pytest.mark.parametrize(
    "address",
    [
        "/segments/",
        "/segments/trials-going-quiet/",
        "/segments/trials-going-quiet/members/",
        "/profiles/ann-17/",
        "/activations/",
        "/activations/new/?segment=trials-going-quiet",
        "/audit/",
        "/segments/trials-going-quiet/edit/",
    ],
)
def test_a_first_visit_is_light_and_asks_nobody_else(registry: Page, live_server: LiveServer, address: str) -> None:
    responses: list[Response] = []
    fresh = registry.context.new_page()
    fresh.context.clear_cookies(name="csrftoken")
    fresh.on("response", lambda response: responses.append(response))
    fresh.context.new_cdp_session(fresh).send("Network.clearBrowserCache")
    fresh.goto(live_server.url + address)
    fresh.wait_for_load_state("networkidle")
    sizes = {response.url: weight(response) for response in responses}
    assert {urlsplit(url).netloc for url in sizes} == {urlsplit(live_server.url).netloc}
    assert any(url.endswith("tabler.min.css") for url in sizes)
    assert sum(sizes.values()) <= PAGE_LIMIT, sizes
    shell = [url for url in sizes if url.endswith(".js") and not any(part in url for part in OF_SOME_PAGES)]
    scripts = sum(sizes[url] for url in shell)
    assert shell
    assert scripts <= SHELL_SCRIPTS_LIMIT
    print(
        f"{address}: {sum(sizes.values()) / 1024:.0f} KB in {len(sizes)} requests, {scripts / 1024:.0f} KB of scripts"
    )
