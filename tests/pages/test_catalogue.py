"""The catalogue of segments as people read and filter it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from lib import clock
from segments.models import Segment
from tests.pages.company import (
    add_failures,
    add_history,
    add_run,
    add_sync,
    add_version,
    make_activation,
    make_connection,
    make_person,
    make_segment,
    make_team,
)
from tests.pages.reading import names, text

HTMX = {"HX-Request": "true"}


def test_a_row_says_name_rule_team_owner_members_health_and_uses(signed_in: Client, team: Team) -> None:
    owner = make_person("tom@example.com", "Tom Okafor")
    segment = make_segment("quiet-trials", team, "People whose Plan is Trial.", owner=owner)
    now = clock.now()
    add_run(segment, now - timedelta(days=30, minutes=5), 1000)
    add_run(segment, now - timedelta(minutes=5), 1250)
    make_activation(segment, make_connection(team, "Files"), "Nudge")
    row = text(signed_in.get("/segments/"))
    for part in (
        "Quiet trials",
        "People whose Plan is Trial.",
        "Growth marketing",
        "Tom Okafor",
        "1,250",
        "+25%",
        "Fresh 5 min ago",
        "1 activation",
    ):
        assert part in row


def test_a_broken_segment_keeps_its_last_good_number_and_the_date_of_it(signed_in: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    then = clock.now() - timedelta(days=4)
    add_run(segment, then, 146)
    add_failures(segment, then + timedelta(hours=1))
    row = text(signed_in.get("/segments/"))
    assert "146" in row
    assert f"Broken Last good number of {then:%-d %b}; refresh has failed since" in row


def test_without_segments_the_page_says_what_will_be_there(signed_in: Client) -> None:
    assert "No segments yet" in text(signed_in.get("/segments/"))


def test_filters_that_let_nothing_through_can_be_cleared(signed_in: Client, team: Team) -> None:
    make_segment("payers", team)
    response = signed_in.get("/segments/?q=nonsense")
    assert "No segment matches these filters" in text(response)
    assert "Clear filters" in text(response)
    assert names(response) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=PLAN+trial", ["Trials"]),
        ("q=payers", ["Payers"]),
        ("team=sales", ["Payers"]),
        ("team=sales&team=growth", ["Payers", "Trials", "Unfinished"]),
        ("state=draft", ["Unfinished"]),
        ("health=uncounted", ["Payers", "Trials"]),
        ("unit=company", ["Payers"]),
        ("q=nudge", ["Trials"]),
        ("view=no-owner", ["Payers", "Unfinished"]),
        ("view=no-owner&team=sales", ["Payers"]),
        ("view=never-heard-of", ["Payers", "Trials", "Unfinished"]),
        ("team=never-heard-of", ["Payers", "Trials", "Unfinished"]),
    ],
)
def test_search_filters_and_views(signed_in: Client, team: Team, query: str, expected: list[str]) -> None:
    owner = make_person("tom@example.com")
    make_segment("trials", team, "People whose Plan is Trial.", owner=owner, decision="They get a nudge.")
    make_segment("payers", make_team("sales"), "Companies that pay.", unit="company")
    make_segment("unfinished", team, "People.", state=Segment.State.DRAFT)
    assert names(signed_in.get(f"/segments/?{query}&sort=name")) == expected


def test_the_owner_filter_offers_owners_only(signed_in: Client, team: Team) -> None:
    owner = make_person("tom@example.com", "Tom Okafor")
    make_segment("trials", team, owner=owner)
    make_segment("payers", team)
    page = signed_in.get(f"/segments/?owner={owner.email}")
    assert names(page) == ["Trials"]
    assert re.findall(r'name="owner"', page.content.decode()) == ['name="owner"']


def test_views_count_what_they_hold(signed_in: Client, team: Team) -> None:
    now = clock.now()
    fresh, late, named = (make_segment(key, team) for key in ("fresh", "late", "named"))
    add_run(fresh, now, 1)
    add_run(late, now - timedelta(hours=5), 1)
    add_run(named, now, 1)
    make_activation(late, make_connection(team, "Files"), "Nudge")
    add_version(fresh, "People in the segment “Named”.", refers_to=["named"])
    make_segment("old", team, state=Segment.State.RETIRED)
    page = text(signed_in.get("/segments/"))
    assert "All segments 4 Needs attention 1 Up for review 0 Not used by anything 1 No owner 3" in page
    assert names(signed_in.get("/segments/?view=unused")) == ["Fresh"]
    assert names(signed_in.get("/segments/?view=attention")) == ["Late"]


def test_up_for_review_is_what_is_overdue_or_due_within_two_weeks(signed_in: Client, team: Team) -> None:
    today = clock.now().date()
    for name, days in (("overdue", -3), ("soon", 14), ("later", 15)):
        make_segment(name, team, review_on=today + timedelta(days=days))
    make_segment("gone", team, review_on=today, state=Segment.State.RETIRED)
    make_segment("never", team)
    assert sorted(names(signed_in.get("/segments/?view=review"))) == ["Overdue", "Soon"]
    assert "Up for review 2" in text(signed_in.get("/segments/"))


def test_an_empty_view_is_good_news(signed_in: Client, team: Team) -> None:
    add_run(make_segment("fresh", team), clock.now(), 1)
    assert "Every live segment is well" in text(signed_in.get("/segments/?view=attention"))


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Alpha", "beta", "Gamma"]),
        ("-name", ["Gamma", "beta", "Alpha"]),
        ("members", ["beta", "Alpha", "Gamma"]),
        ("-members", ["Alpha", "beta", "Gamma"]),
        ("health", ["beta", "Gamma", "Alpha"]),
        ("-used", ["Gamma", "Alpha", "beta"]),
        ("nonsense", ["Alpha", "beta", "Gamma"]),
    ],
)
def test_headings_sort_and_what_is_not_known_comes_last(
    signed_in: Client, team: Team, sort: str, expected: list[str]
) -> None:
    now = clock.now()
    alpha, beta, gamma = (make_segment(name.lower(), team, name=name) for name in ("Alpha", "beta", "Gamma"))
    add_run(alpha, now, 20)
    add_run(beta, now - timedelta(days=1), 10)
    make_activation(gamma, make_connection(team, "Files"), "Nudge")
    assert names(signed_in.get(f"/segments/?sort={sort}")) == expected


def test_long_lists_have_pages_and_odd_page_numbers_do_no_harm(signed_in: Client, team: Team) -> None:
    for number in range(30):
        make_segment(f"s{number:02}", team)
    assert len(names(signed_in.get("/segments/?sort=name"))) == 25
    assert names(signed_in.get("/segments/?sort=name&page=2")) == ["S25", "S26", "S27", "S28", "S29"]
    assert names(signed_in.get("/segments/?sort=name&page=99"))[-1] == "S29"
    assert names(signed_in.get("/segments/?sort=name&page=x&per_page=1000"))[0] == "S00"


def test_htmx_gets_the_rows_count_and_chips_and_an_address_without_empty_values(signed_in: Client, team: Team) -> None:
    make_segment("trials", team)
    response = signed_in.get("/segments/?q=&team=growth&view=all", headers=HTMX)
    assert response["HX-Push-Url"] == "/segments/?team=growth"
    assert "HX-Request" in response["Vary"]
    assert "<html" not in response.content.decode()
    assert names(response) == ["Trials"]
    assert "1 segment Team: Growth marketing" in text(response)


def test_typing_on_is_one_step_in_the_history(signed_in: Client, team: Team) -> None:
    make_segment("trials", team)
    headers = HTMX | {"HX-Current-URL": "http://testserver/segments/?q=tri"}
    assert signed_in.get("/segments/?q=tria", headers=headers)["HX-Replace-Url"] == "/segments/?q=tria"
    assert signed_in.get("/segments/", headers=headers)["HX-Push-Url"] == "/segments/"


def test_going_back_in_history_gets_the_whole_page(signed_in: Client, team: Team) -> None:
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    assert "<html" in signed_in.get("/segments/", headers=headers).content.decode()


def test_hostile_names_are_text(signed_in: Client, team: Team) -> None:
    make_segment("evil", team, "<script>alert(1)</script>", name="<b>Evil</b>")
    page = signed_in.get("/segments/?q=%3Cscript%3E").content.decode()
    assert "<script>alert" not in page
    assert "<b>Evil" not in page


@pytest.mark.parametrize(
    "query", ["", "?q=s&team=growth&owner=tom@example.com&state=live&health=fresh&view=unused&sort=health"]
)
def test_the_catalogue_takes_as_many_queries_for_three_segments_as_for_thirty(
    signed_in: Client, team: Team, query: str
) -> None:
    def fill(keys: range) -> None:
        for number in keys:
            segment = make_segment(f"s{number}", team)
            add_history(segment, 100, days=2, until=clock.now())
            add_sync(make_activation(segment, make_connection(team, f"C{number}"), "Out"), clock.now())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get(f"/segments/{query}").status_code == 200
        return len(captured)

    fill(range(3))
    few = queries()
    fill(range(3, 30))
    assert queries() == few
    assert few <= 12
