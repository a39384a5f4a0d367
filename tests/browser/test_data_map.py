"""The data map in a browser: accessible in both themes and widths, and a new trait is described without a mouse."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from lib import clock
from profiles.models import (
    EventDay,
    EventProperty,
    EventType,
    EventVolume,
    Source,
    TraitArrival,
    TraitDay,
    TraitDefinition,
    TraitValues,
)
from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import IS_TOO_WIDE, SIZES, UNFOLD

pytestmark = pytest.mark.browser


@pytest.fixture
def pages(company: User) -> list[str]:
    """A stale and thinning trait, an event with a property and a past; the pages that tell of them."""
    now = clock.now()
    crm = Source.objects.create(key="crm", name="CRM", promise=timedelta(days=1))
    plan = TraitDefinition.objects.get(unit="profile", key="plan")
    TraitDefinition.objects.filter(pk=plan.pk).update(source=crm, serves="value", description="What they pay for.")
    TraitValues.objects.create(
        trait=plan, population=1000, filled=230, different=2, top=[["Trial", 150], ["Pro", 80]], measured_at=now
    )
    TraitArrival.objects.create(trait=plan, at=now - timedelta(days=4))
    TraitDay.objects.bulk_create(
        TraitDay(trait=plan, day=now.date() - timedelta(days=ago), population=1000, filled=230 + 20 * ago)
        for ago in range(20)
    )
    event = EventType.objects.get(name="Logged in")
    EventProperty.objects.create(event_type=event, key="device", type="text", column="device")
    EventVolume.objects.create(event_type=event, total=900, newest_at=now, measured_at=now)
    EventDay.objects.bulk_create(
        EventDay(event_type=event, day=now.date() - timedelta(days=ago), number=10 + ago % 7) for ago in range(60)
    )
    entries = [f"/data/traits/{plan.pk}/", f"/data/events/{event.pk}/", f"/data/traits/{plan.pk}/remove/"]
    return ["/data/", "/data/?q=nothing-like-this", "/data/new/", "/data/sources/crm/", *entries]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_pages_are_accessible(
    company: User,
    pages: list[str],
    strict_page: Page,
    live_server: LiveServer,
    axe: Callable[[Page], None],
    theme: str,
    size: str,
) -> None:
    page = strict_page
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    sign_in(page.context, live_server.url, company)
    for address in pages:
        page.goto(live_server.url + address)
        page.evaluate(UNFOLD)
        expect(page.locator("h1")).to_have_count(1)
        assert not page.evaluate(IS_TOO_WIDE), address
        axe(page)


def test_a_new_trait_is_named_and_leaves_the_queue(registry: Page, live_server: LiveServer, pages: list[str]) -> None:
    registry.get_by_role("link", name="Data map").click()
    registry.get_by_role("link", name="Describe what is new").click()
    entry = registry.locator(".queue-entry").filter(has=registry.get_by_role("heading", name="Plan", exact=True))
    entry.get_by_label("Name").fill("Price plan")
    entry.get_by_label("Model").select_option("transactional")
    entry.get_by_label("Name").press("Enter")
    expect(registry.get_by_text("Saved.")).to_be_visible()
    expect(entry).to_have_count(0)
    plan = TraitDefinition.objects.get(unit="profile", key="plan")
    assert (plan.label, plan.serves, plan.status) == ("Price plan", "transactional", "accepted")
    assert registry.url == f"{live_server.url}/data/new/"
    assert len(pages) == 7
