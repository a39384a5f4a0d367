"""What people do on the pages, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Team, User
from segments.increments.work import work as take_signals
from segments.runs.work import work as count_everybody
from tests.pages.company import PASSWORD
from tests.segments import data

pytestmark = pytest.mark.browser
PAINTED = (
    """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(value => value)"""
)


def test_sign_in_find_a_segment_and_sign_out(company: User, strict_page: Page, live_server: LiveServer) -> None:
    page = strict_page
    page.goto(live_server.url)
    page.get_by_label("E-mail address").fill(company.email)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Segments")
    page.get_by_role("link", name="Trials going quiet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trials going quiet")
    page.get_by_role("button", name="Account of Maya Lindqvist").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_list_follows_the_filters_while_their_menu_stays_open(registry: Page) -> None:
    registry.get_by_role("button", name="Team", exact=True).click()
    registry.get_by_label("Sales").check()
    expect(registry.get_by_role("status")).to_have_text("3 segments")
    expect(registry.get_by_label("Product")).to_be_visible()
    registry.get_by_label("Product").check()
    expect(registry.get_by_role("status")).to_have_text("5 segments")
    expect(registry).to_have_url(re.compile(r"/segments/\?team=\w+&team=\w+$"))
    registry.keyboard.press("Escape")
    registry.get_by_role("link", name="Team: Sales").click()
    expect(registry.get_by_role("status")).to_have_text("2 segments")
    expect(registry.get_by_label("Sales")).not_to_be_checked()


def test_fast_typing_shows_the_result_of_the_last_letter_only(registry: Page) -> None:
    registry.keyboard.press("/")
    registry.keyboard.type("hibernating")
    expect(registry.locator("a.row-link")).to_have_text(["Hibernating payers"])
    expect(registry.get_by_role("status")).to_have_text("1 segment")


def test_back_after_filtering_restores_the_whole_page(registry: Page) -> None:
    registry.get_by_role("searchbox").fill("power")
    expect(registry.get_by_role("status")).to_have_text("1 segment")
    registry.get_by_role("link", name="Power users").click()
    expect(registry.get_by_role("heading", level=1)).to_have_text("Power users")
    registry.go_back()
    expect(registry.get_by_role("heading", level=1)).to_have_text("Segments")
    expect(registry.get_by_role("searchbox")).to_have_value("power")
    expect(registry.locator("a.row-link")).to_have_text(["Power users"])
    expect(registry.get_by_role("navigation", name="Main")).to_be_visible()
    registry.go_back()
    expect(registry.get_by_role("status")).to_have_text("12 segments")
    expect(registry.get_by_role("navigation", name="Main")).to_be_visible()


def test_a_row_is_reached_and_opened_by_keyboard(registry: Page) -> None:
    registry.keyboard.press("Tab")
    expect(registry.get_by_role("link", name="Skip to the content")).to_be_focused()
    registry.keyboard.press("Enter")
    expect(registry.locator("main")).to_be_focused()
    registry.get_by_role("link", name="Bought in the last 90 days").focus()
    registry.keyboard.press("Enter")
    expect(registry.get_by_role("heading", level=1)).to_have_text("Bought in the last 90 days")


def test_single_keys_can_be_switched_off_and_stay_off(registry: Page) -> None:
    registry.keyboard.press("?")
    registry.get_by_label("Use single keys").uncheck()
    registry.keyboard.press("Escape")
    registry.reload()
    registry.keyboard.press("/")
    expect(registry.get_by_role("searchbox")).not_to_be_focused()
    registry.keyboard.press("?")
    expect(registry.get_by_role("dialog")).not_to_be_visible()


def test_keys_are_letters_inside_a_field(registry: Page) -> None:
    registry.keyboard.press("/")
    registry.keyboard.type("/?")
    expect(registry.get_by_role("searchbox")).to_have_value("/?")
    expect(registry.get_by_role("dialog")).not_to_be_visible()


def test_the_theme_is_switched_at_once_and_kept(registry: Page) -> None:
    registry.get_by_role("button", name="Theme").click()
    registry.get_by_role("button", name="Dark").click()
    expect(registry.locator("html")).to_have_attribute("data-bs-theme", "dark")
    registry.get_by_role("link", name="Power users").click()
    expect(registry.get_by_role("heading", level=1)).to_have_text("Power users")
    expect(registry.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_theme_of_the_system_is_followed_until_another_is_chosen(registry: Page) -> None:
    html = registry.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "light")
    registry.emulate_media(color_scheme="dark")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    registry.reload()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    registry.get_by_role("button", name="Theme").click()
    registry.get_by_role("button", name="Light").click()
    registry.reload()
    expect(html).to_have_attribute("data-bs-theme", "light")


def test_the_charts_paint_and_their_numbers_can_be_read(registry: Page) -> None:
    registry.get_by_role("link", name="Trials going quiet").click()
    for canvas in registry.locator("canvas").all():
        assert canvas.evaluate(PAINTED)
    registry.get_by_text("Show the numbers").click()
    expect(registry.locator(".numbers tbody tr")).to_have_count(90)
    registry.get_by_role("link", name="30 d").click()
    expect(registry.locator(".numbers tbody tr")).to_have_count(30)


def test_a_nested_rule_is_outlined_and_a_new_version_compared(registry: Page) -> None:
    registry.get_by_role("link", name="Trials going quiet").click()
    expect(registry.locator("#definition .outline li")).to_have_count(8)
    expect(registry.locator("#changes .change-added")).to_contain_text("21 days")
    expect(registry.locator("#changes .change-removed")).to_contain_text("14 days")


def test_from_a_segment_to_a_member_to_the_reason_and_back(registry: Page) -> None:
    registry.get_by_role("link", name="Trials going quiet").click()
    registry.get_by_role("link", name="Members", exact=True).click()
    registry.get_by_role("link", name="Ann Example").click()
    expect(registry.get_by_role("heading", level=1)).to_have_text("Ann Example")
    expect(registry.locator("#timeline")).to_contain_text("Entered Trials going quiet")
    registry.locator("summary", has_text="Why?").click()
    expect(registry.locator(".why[open] .why-place")).to_contain_text("Plan is Trial, needs to be Trial")
    registry.get_by_role("link", name="Acme Ltd").click()
    expect(registry.locator("#people")).to_contain_text("Bob Example")
    registry.go_back()
    expect(registry.get_by_role("heading", level=1)).to_have_text("Ann Example")


def test_a_person_is_found_by_keyboard_and_the_search_leaves_nothing_in_the_address(registry: Page) -> None:
    registry.get_by_role("link", name="Profiles").press("Enter")
    expect(registry).to_have_url(re.compile(r"/profiles/$"))
    registry.wait_for_load_state()
    registry.keyboard.press("/")
    registry.keyboard.type("ann@example.com")
    registry.keyboard.press("Enter")
    registry.get_by_role("link", name="Ann Example").press("Enter")
    expect(registry.get_by_role("heading", level=1)).to_have_text("Ann Example")
    registry.go_back()
    expect(registry).to_have_url(re.compile(r"/profiles/$"))


def test_the_timeline_follows_its_filter(registry: Page, live_server: LiveServer) -> None:
    registry.goto(f"{live_server.url}/profiles/ann-17/")
    registry.get_by_label("Show", exact=True).select_option("Logged in")
    expect(registry.locator(".timeline > li")).to_have_count(1)
    expect(registry.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
    registry.locator(".timeline-event summary").press("Enter")
    expect(registry.locator(".event-place")).to_have_text("It was sent without properties.")


def test_a_segment_is_paused_after_a_question(registry: Page) -> None:
    registry.get_by_role("link", name="Power users").click()
    registry.get_by_role("button", name="More actions").press("Enter")
    registry.get_by_role("link", name="Pause…").click()
    registry.get_by_role("button", name="Pause the segment").click()
    expect(registry.get_by_text("Paused. The members stay as they are.")).to_be_visible()
    expect(registry.locator(".badge-paused")).to_be_visible()


def test_the_menu_opens_on_a_phone(registry: Page) -> None:
    registry.set_viewport_size({"width": 390, "height": 844})
    expect(registry.get_by_role("link", name="Administration")).not_to_be_visible()
    registry.get_by_role("button", name="Menu").click()
    expect(registry.get_by_role("link", name="Administration")).to_be_visible()


def test_the_admin_site_works_under_the_same_policy(registry: Page) -> None:
    registry.goto(registry.url.replace("/segments/", "/admin/segments/segment/add/"))
    expect(registry.get_by_role("heading", level=1)).to_have_text("Add segment")
    registry.wait_for_load_state("networkidle")


def test_a_test_event_moves_a_number_on_the_catalogue_while_one_watches(company: User, registry: Page) -> None:
    segment = data.live_segment("just-priced", Team.objects.get(key="growth"), {"event": "Visited pricing page"})
    registry.goto(f"{registry.url}?q=just-priced")
    number = registry.locator(f"#size-{segment.pk}")
    count_everybody()
    expect(number).to_have_text("1")
    profile = registry.context.new_page()
    profile.goto(registry.url.partition("/segments")[0] + "/profiles/bob-3/")
    profile.get_by_label("Event", exact=True).select_option("Visited pricing page")
    profile.get_by_role("button", name="Send a test event").click()
    expect(profile.get_by_role("status")).to_have_text("“Visited pricing page” was sent.")
    expect(profile.locator(".timeline-place")).to_contain_text("Visited pricing page")
    take_signals()
    expect(number).to_have_text("2")
