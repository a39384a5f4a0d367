"""The list of activations, the page of one, and the page of a sync run, as people read and use them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Role, Team, TeamMember, User
from activations.models import Activation, Delivery, SyncRun
from lib import clock
from tests.pages.company import (
    add_run,
    add_sync,
    make_activation,
    make_connection,
    make_funnel,
    make_segment,
    make_team,
)
from tests.pages.reading import names, text

COLUMNS = [{"to": "Mail", "identifier": "email"}, {"to": "Plan", "trait": "plan"}]
FAILURE = "The folder is not writable."


@pytest.fixture
def activation(team: Team) -> Activation:
    """Of the viewer's team, with a segment that has members."""
    segment = make_segment("trials", team)
    add_run(segment, clock.now(), 530)
    return make_activation(segment, make_connection(team, "Newsletter files"), "Day-5 nudge", columns=COLUMNS)


@pytest.fixture
def editor(viewer: User, team: Team) -> User:
    """The viewer, who may edit."""
    TeamMember.objects.filter(team=team, user=viewer).update(role=Role.EDITOR)
    return viewer


def foreign_activation() -> Activation:
    other = make_team("sales")
    segment = make_segment("payers", other)
    activation = make_activation(segment, make_connection(other, "Secret board"), "Call list", columns=COLUMNS)
    add_sync(activation, clock.now(), SyncRun.State.FAILED, failure=FAILURE)
    return activation


def test_a_row_says_where_to_how_often_and_how_the_last_time_went(signed_in: Client, activation: Activation) -> None:
    run = add_sync(activation, clock.now() - timedelta(minutes=10), added=6, removed=2, rejected=1, state="partial")
    Activation.objects.update(next_due=clock.now() + timedelta(minutes=50, seconds=20))
    row = text(signed_in.get("/activations/"))
    assert run.state == "partial"
    for part in ("Day-5 nudge", "Segment Trials", "Newsletter files", "Growth marketing", "every hour"):
        assert part in row
    assert "Partly refused 9 min ago +6 added −2 removed 1 refused in 50 min" in row


def test_what_failed_comes_first_then_what_waits(signed_in: Client, team: Team) -> None:
    segment, files = make_segment("trials", team), make_connection(team, "Files")
    states = {"Fine": "succeeded", "Asks": "waiting", "Broken": "failed", "Partly": "partial"}
    for place, (name, state) in enumerate(states.items()):
        other = make_segment(f"s{place}", team)
        add_sync(make_activation(other, files, name), clock.now(), state)
    make_activation(segment, files, "New")
    assert names(signed_in.get("/activations/")) == ["Broken", "Asks", "Partly", "Fine", "New"]
    assert names(signed_in.get("/activations/?view=attention")) == ["Broken", "Asks"]
    assert names(signed_in.get("/activations/?state=partial&state=new")) == ["Partly", "New"]


def test_a_failed_run_that_is_to_be_tried_again_counts_as_failed(signed_in: Client, activation: Activation) -> None:
    add_sync(activation, clock.now(), "queued", finished_at=None, failure="The tool is down. It is tried again.")
    assert names(signed_in.get("/activations/?state=failed")) == ["Day-5 nudge"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=nudge", ["Day-5 nudge"]),
        ("q=newsletter", ["Day-5 nudge"]),
        ("q=secret", []),
        ("team=sales", ["Call list"]),
        ("kind=files", ["Call list", "Day-5 nudge"]),
        ("kind=webhook", []),
        ("segment=payers", ["Call list"]),
    ],
)
def test_filters_and_search(signed_in: Client, activation: Activation, query: str, expected: list[str]) -> None:
    foreign_activation()
    assert names(signed_in.get(f"/activations/?{query}")) == expected


def test_of_another_team_the_kind_of_tool_is_shown_and_not_what_went_wrong(signed_in: Client, team: Team) -> None:
    activation = foreign_activation()
    run = SyncRun.objects.get()
    for address in ("/activations/", f"/activations/{activation.key}/", f"/sync-runs/{run.pk}/"):
        page = text(signed_in.get(address))
        assert "Files" in page
        assert "Secret board" not in page
        assert FAILURE not in page


def test_without_activations_the_page_says_what_they_are_for(signed_in: Client) -> None:
    assert "Not sent anywhere yet" in text(signed_in.get("/activations/"))


def test_the_page_says_in_words_what_is_sent(signed_in: Client, activation: Activation) -> None:
    page = text(signed_in.get(f"/activations/{activation.key}/"))
    assert (
        "Sends the members of Trials to Newsletter files (Files), every hour : "
        "only what changed: who comes, who changes, who goes." in page
    )
    assert "E-mail address match key Mail" in page
    assert "more than 20 % of those over there stops and asks" in page


def test_a_viewer_reads_and_may_not_touch(signed_in: Client, activation: Activation) -> None:
    page = text(signed_in.get(f"/activations/{activation.key}/"))
    assert "Sync now" not in page
    assert "Pause" not in page
    for verb in ("pause", "resume", "sync", "delete"):
        refused = signed_in.post(f"/activations/{activation.key}/{verb}/")
        assert refused.status_code == 403
    activation.refresh_from_db()
    assert (activation.state, SyncRun.objects.count(), AuditEntry.objects.count()) == ("active", 0, 0)


def test_an_editor_pauses_and_resumes(signed_in: Client, editor: User, activation: Activation) -> None:
    page = signed_in.post(f"/activations/{activation.key}/pause/", follow=True)
    assert "Paused. What is over there stays there." in text(page)
    activation.refresh_from_db()
    assert activation.state == "paused"
    signed_in.post(f"/activations/{activation.key}/resume/")
    activation.refresh_from_db()
    assert activation.state == "active"
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "activation.pause",
        "activation.resume",
    ]


def test_sync_now_leads_to_the_run(signed_in: Client, editor: User, activation: Activation) -> None:
    response = signed_in.post(f"/activations/{activation.key}/sync/")
    run = SyncRun.objects.get()
    assert response.headers["Location"] == f"/sync-runs/{run.pk}/"
    assert (run.actor, run.state) == (editor, "queued")
    assert "Waits for a worker." in text(signed_in.get(f"/sync-runs/{run.pk}/"))


def test_what_can_not_be_synced_says_why(signed_in: Client, editor: User, team: Team) -> None:
    activation = make_activation(make_segment("uncounted", team), make_connection(team, "Files"), "Out")
    page = signed_in.post(f"/activations/{activation.key}/sync/", follow=True)
    assert "have never been computed" in text(page)
    assert SyncRun.objects.count() == 0


def test_only_what_has_sent_nobody_is_deleted(signed_in: Client, editor: User, activation: Activation) -> None:
    row = Delivery.objects.create(
        activation=activation, member=1, key="a@example.com", payload_hash=1, state="delivered"
    )
    page = signed_in.post(f"/activations/{activation.key}/delete/", follow=True)
    assert "People have been sent by this activation: pause it instead." in text(page)
    assert Activation.objects.count() == 1
    row.delete()
    page = signed_in.post(f"/activations/{activation.key}/delete/", follow=True)
    assert "Deleted. It had sent nobody." in text(page)
    assert Activation.objects.count() == 0


def test_a_run_tells_its_funnel_and_what_went_wrong_by_cause(signed_in: Client, activation: Activation) -> None:
    run = add_sync(activation, clock.now(), "partial", added=400, rejected=3, funnel=make_funnel(412, 403))
    for member, reason in ((7, "no e-mail address"), (8, "no e-mail address"), (9, "blocked over there")):
        Delivery.objects.create(
            activation=activation, member=member, key=f"p{member}@example.com", payload_hash=1, state="rejected",
            reason=reason, run=run,
        )  # fmt: skip
    page = text(signed_in.get(f"/sync-runs/{run.pk}/"))
    assert "9 held back" in page
    assert "no e-mail address 2 refused, for example number 7" in page
    assert "blocked over there 1 refused: number 9" in page
    assert "p7@example.com" not in page


def test_who_was_refused_is_shown_with_the_permission_only_and_is_on_record(
    signed_in: Client, viewer: User, activation: Activation
) -> None:
    run = add_sync(activation, clock.now(), "partial", rejected=1)
    Delivery.objects.create(
        activation=activation, member=7, key="p7@example.com", payload_hash=1, state="rejected", reason="no", run=run
    )
    address = f"/sync-runs/{run.pk}/?reveal=1"
    refused = signed_in.get(address)
    assert (refused.status_code, AuditEntry.objects.count()) == (403, 0)
    assert "p7@example.com" not in text(refused)
    User.objects.filter(pk=viewer.pk).update(sees_personal_data=True)
    assert "p7@example.com" in text(signed_in.get(address))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("deliveries.read", {"customers": 1})


def test_a_run_on_its_way_is_asked_for_until_it_has_ended(signed_in: Client, activation: Activation) -> None:
    run = add_sync(activation, clock.now(), "running", finished_at=None, added=100, funnel=make_funnel(412, 403))
    SyncRun.objects.update(removals_planned=7)
    fragment = signed_in.get(f"/sync-runs/{run.pk}/", headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert text(fragment) == "100 of 410 done"
    SyncRun.objects.update(state="succeeded")
    assert signed_in.get(f"/sync-runs/{run.pk}/", headers={"HX-Request": "true"}).status_code == 286


def test_too_many_removals_are_confirmed_by_their_number(
    signed_in: Client, editor: User, activation: Activation
) -> None:
    run = add_sync(activation, clock.now(), "waiting", finished_at=None, removals_planned=212)
    page = signed_in.post(f"/sync-runs/{run.pk}/confirm/", {"removals": "21"})
    assert "The run would remove 212. Type that number to agree." in text(page)
    run.refresh_from_db()
    assert (run.state, run.removals_confirmed, AuditEntry.objects.count()) == ("waiting", None, 0)
    signed_in.post(f"/sync-runs/{run.pk}/confirm/", {"removals": "212"})
    run.refresh_from_db()
    assert (run.state, run.removals_confirmed) == ("queued", 212)


def test_a_viewer_does_not_confirm(signed_in: Client, activation: Activation) -> None:
    run = add_sync(activation, clock.now(), "waiting", finished_at=None, removals_planned=212)
    assert signed_in.post(f"/sync-runs/{run.pk}/confirm/", {"removals": "212"}).status_code == 403
    run.refresh_from_db()
    assert (run.state, run.removals_confirmed) == ("waiting", None)


@pytest.mark.parametrize("query", ["", "?q=s&team=growth&state=succeeded&kind=files&sort=-due"])
def test_the_list_takes_as_many_queries_for_three_activations_as_for_thirty(
    signed_in: Client, team: Team, query: str
) -> None:
    def fill(keys: range) -> None:
        for number in keys:
            activation = make_activation(
                make_segment(f"s{number}", team), make_connection(team, f"C{number}"), f"S{number}"
            )
            add_sync(activation, clock.now())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get(f"/activations/{query}").status_code == 200
        return len(captured)

    fill(range(3))
    few = queries()
    fill(range(3, 30))
    assert queries() == few
    assert few <= 12


def test_the_pages_of_an_activation_and_of_a_run_keep_their_number_of_queries(
    signed_in: Client, activation: Activation
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get(address).status_code == 200
        return len(captured)

    runs = [add_sync(activation, clock.now(), "partial", rejected=1) for _ in range(2)]
    addresses = [f"/activations/{activation.key}/", f"/sync-runs/{runs[0].pk}/"]

    def refuse(members: range) -> None:
        for member in members:
            Delivery.objects.create(
                activation=activation, member=member, key=f"{member}", payload_hash=1, state="rejected",
                reason=f"reason {member}", run=runs[0],
            )  # fmt: skip

    refuse(range(2))
    few = [queries(address) for address in addresses]
    refuse(range(2, 20))
    for _ in range(10):
        add_sync(activation, clock.now())
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 12
