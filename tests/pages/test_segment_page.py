"""The page of one segment."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from activations.models import Activation, SyncRun
from lib import clock
from segments.history import days_of
from segments.models import Run, Segment, SegmentVersion
from tests.pages.company import (
    FAILURE,
    add_failures,
    add_history,
    add_run,
    add_sync,
    add_version,
    make_activation,
    make_catalogue,
    make_connection,
    make_funnel,
    make_person,
    make_segment,
    quiet_trials,
    words_of,
)
from tests.pages.reading import text


def test_the_head_and_the_tiles_say_the_numbers_with_their_time(signed_in: Client, team: Team) -> None:
    owner = make_person("tom@example.com", "Tom Okafor")
    segment = make_segment("trials", team, "People whose Plan is Trial.", owner=owner, decision="They get a nudge.")
    now = clock.now()
    add_run(segment, now - timedelta(days=30), 400)
    add_run(segment, now - timedelta(days=2), 500, entered=7, left=1)
    add_run(segment, now - timedelta(minutes=12), 412, entered=5, left=3)
    page = text(signed_in.get("/segments/trials/"))
    for part in (
        "Trials Live Fresh 12 min ago",
        "Growth marketing Tom Okafor Within a second of a change; what time alone moves, every hour",
        "They get a nudge.",
        "Members now 412 people exact, 12 min ago · +3% in 30 days",
        "Entered, last 7 days 12 counted at each run",
        "Left, last 7 days 4 counted at each run",
        "Used by 0 activations not sent anywhere yet",
        "Definition v1 People whose Plan is Trial.",
    ):
        assert part in page


def test_broken_is_not_zero(signed_in: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    then = clock.now().replace(hour=12) - timedelta(days=4)
    add_run(segment, then, 146)
    add_failures(segment, then + timedelta(hours=1))
    page = text(signed_in.get("/segments/payers/"))
    assert FAILURE in page
    assert f"Members, last good number 146 people exact, {then:%-d %b}" in page
    assert [day.members for day in days_of(segment, 5, clock.now())] == [146, None, None, None, None]


def test_days_without_a_recent_number_are_gaps_and_flows_are_summed_by_day(team: Team) -> None:
    segment = make_segment("payers", team)
    noon = clock.now().replace(hour=12)
    add_run(segment, noon - timedelta(days=5), 10, entered=10)
    add_run(segment, noon - timedelta(days=2, hours=6), 12, entered=3, left=1)
    add_run(segment, noon - timedelta(days=2), 15, entered=4, left=1)
    days = days_of(segment, 7, noon + timedelta(hours=2))
    assert [day.members for day in days] == [None, 10, None, None, 15, None, None]
    assert [(day.entered, day.left) for day in days if day.entered] == [(10, 0), (7, 2)]


def test_a_slow_promise_carries_the_number_for_as_long_as_it_is_good(team: Team) -> None:
    segment = make_segment("payers", team, freshness=timedelta(days=3))
    noon = clock.now().replace(hour=12)
    add_run(segment, noon - timedelta(days=4), 10)
    assert [day.members for day in days_of(segment, 6, noon)] == [None, 10, 10, 10, None, None]


def test_a_number_of_an_older_version_says_so(signed_in: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    add_run(segment, clock.now(), 100)
    add_version(segment, "People who pay a lot.")
    page = text(signed_in.get("/segments/payers/"))
    assert "by v1: the new version is not counted yet" in page


def test_runs_tell_their_failures_in_words(signed_in: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    add_run(segment, clock.now() - timedelta(hours=2), 100, entered=4, left=2)
    add_failures(segment, clock.now() - timedelta(hours=1), count=1)
    page = text(signed_in.get("/segments/payers/runs/"))
    assert f"Failed 59 min ago Schedule v1 – – – 740 ms {FAILURE}" in page
    assert "Succeeded 1 h ago Schedule v1 100 4 2 740 ms" in page


def test_an_activation_shows_its_rhythm_and_its_last_sync(signed_in: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    files = make_connection(team, "Sales board")
    now = clock.now()
    good = make_activation(segment, files, "Nudge")
    add_sync(good, now - timedelta(minutes=10), added=1200, removed=2, rejected=3, funnel=make_funnel(1400, 1300))
    bad = make_activation(segment, make_connection(team, "Other"), "Calls", schedule="manual")
    add_sync(bad, now - timedelta(hours=5), SyncRun.State.FAILED, failure="The folder is not writable.")
    page = text(signed_in.get("/segments/payers/"))
    assert "Nudge Sales board, every hour 1,300 of 1,400 members may be sent Succeeded 9 min ago" in page
    assert "9 min ago 1,200 added, 2 removed 3 refused" in page
    assert "Calls Other, only by hand The folder is not writable. Failed" in page
    assert "Used by 2 activations 1 does not work" in page


def test_a_stopped_activation_says_why(signed_in: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    make_activation(
        segment,
        make_connection(team, "Board"),
        "Calls",
        state=Activation.State.STOPPED,
        stopped_because="The token was revoked. Enter a new one.",
    )
    page = text(signed_in.get("/segments/payers/"))
    assert "The token was revoked. Enter a new one. Stopped" in page


def test_what_only_its_team_sees_is_kept_from_others(client: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    published = add_version(segment, "People who pay more.")
    SegmentVersion.objects.create(
        segment=segment, number=3, definition=published.definition, words="Secret plans.", sha256="0" * 64
    )
    make_segment("unfinished", team, "People.", state=Segment.State.DRAFT)
    board = make_connection(team, "Board of the boss")
    why = "The token abc was revoked."
    make_activation(segment, board, "Calls", state=Activation.State.STOPPED, stopped_because=why)
    client.force_login(make_person("outsider@example.com"))

    page = client.get("/segments/payers/").content.decode()
    assert "People who pay more." in page
    assert "Calls" in page
    for kept in ("Secret plans.", "Board of the boss", "token abc"):
        assert kept not in page
    assert "Unfinished" not in client.get("/segments/").content.decode()
    for address in ("unfinished/", "unfinished/runs/", "unfinished/versions/1/outline/", "payers/versions/3/outline/"):
        assert (address, client.get(f"/segments/{address}").status_code) == (address, 404)


def test_a_draft_shows_its_rule_and_claims_no_number(signed_in: Client, team: Team) -> None:
    make_segment("unfinished", team, "People who pay.", state=Segment.State.DRAFT)
    page = text(signed_in.get("/segments/unfinished/"))
    assert "Members now – Not counted yet" in page
    assert "Definition v1, Draft People who pay." in page


def test_outline_and_changes_of_a_version(signed_in: Client, team: Team) -> None:
    make_catalogue()
    before, after = quiet_trials(14), quiet_trials(21)
    segment = make_segment("trials", team, words_of(before), rule=before)
    add_version(segment, words_of(after), rule=after)
    assert 'hx-trigger="load"' in signed_in.get("/segments/trials/").content.decode()
    outline = signed_in.get("/segments/trials/versions/2/outline/").content.decode()
    assert '<li class="depth-0">All of:</li>' in outline
    assert '<li class="depth-1">Any of:</li>' in outline
    assert '<li class="depth-2">Seats are at most 40</li>' in outline
    changes = text(signed_in.get("/segments/trials/versions/2/changes/"))
    assert "Before: Sign-up is at most 14 days ago (or in the future) Now: Sign-up is at most 21 days ago" in changes


def test_a_version_that_no_longer_fits_the_catalogue_says_so(signed_in: Client, team: Team) -> None:
    make_segment("trials", team)
    assert "This version no longer fits the catalogue" in text(signed_in.get("/segments/trials/versions/1/outline/"))


def test_a_run_on_its_way_is_asked_for_until_it_ends_and_then_the_page_reloads(signed_in: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    run = add_run(segment, clock.now(), None, state=Run.State.RUNNING, finished_at=None, entered=None, left=None)
    assert "The members are being counted" in text(signed_in.get("/segments/payers/progress/"))
    for part in ("", "members/", "versions/", "runs/", "activations/"):
        assert 'hx-trigger="every 2s"' in signed_in.get(f"/segments/payers/{part}").content.decode()
    Run.objects.filter(pk=run.pk).update(state=Run.State.SUCCEEDED, members=3)
    finished = signed_in.get("/segments/payers/progress/")
    assert (finished.status_code, finished["HX-Trigger"]) == (286, '{"registry:stale": {}}')
    assert 'hx-trigger="every 2s"' not in signed_in.get("/segments/payers/").content.decode()


def test_a_segment_that_does_not_exist_is_not_found(signed_in: Client) -> None:
    response = signed_in.get("/segments/nothing/")
    assert response.status_code == 404
    assert "There is no such page" in text(response)


def test_who_may_edit_is_offered_to(signed_in: Client, team: Team) -> None:
    make_segment("payers", team)
    edit = "/segments/payers/edit/"
    assert edit not in signed_in.get("/segments/payers/").content.decode()
    signed_in.force_login(make_person("admin@example.com", is_administrator=True))
    assert edit in signed_in.get("/segments/payers/").content.decode()


def test_the_page_takes_at_most_twelve_queries_whatever_there_is_to_show(signed_in: Client, team: Team) -> None:
    segment = make_segment("payers", team)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get("/segments/payers/?days=180").status_code == 200
        return len(captured)

    add_run(segment, clock.now(), 3)
    make_activation(segment, make_connection(team, "First"), "First")
    few = queries()
    add_history(segment, 100, days=90, until=clock.now())
    for number in range(8):
        add_sync(make_activation(segment, make_connection(team, f"C{number}"), "Out"), clock.now())
        add_version(segment, f"People {number}.", author=make_person(f"p{number}@example.com"))
    assert queries() == few
    assert few <= 12


def test_sizes_of_days_before_the_first_version_are_said_to_be_counted_later(signed_in: Client, team: Team) -> None:
    segment, now = make_segment("trials", team), clock.now()
    SegmentVersion.objects.filter(segment=segment).update(published_at=now)
    add_run(segment, now, 12)
    assert "Sizes before" not in text(signed_in.get("/segments/trials/"))
    add_run(segment, now - timedelta(days=3), 10, trigger=Run.Trigger.REPLAY)
    assert f"Sizes before {now:%-d %b %Y} were counted on that day" in text(signed_in.get("/segments/trials/"))
