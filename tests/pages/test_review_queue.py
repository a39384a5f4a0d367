"""The queue of reviews: the evidence, and the four decisions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, Team, TeamMember, User
from lib import clock
from segments.models import CheckFinding, Review, Segment
from tests.pages.company import make_activation, make_connection
from tests.pages.reading import text
from tests.segments import data

EVERYONE = {"everyone": True}


@pytest.fixture
def editor(viewer: User, team: Team, signed_in: Client) -> Client:
    """A browser of an approver of the team, in which two segments are due."""
    TeamMember.objects.filter(team=team, user=viewer).update(role=Role.APPROVER)
    for key, days in (("late", -12), ("soon", 9), ("far", 60)):
        segment = data.live_segment(key, team, EVERYONE)
        Segment.objects.filter(pk=segment.pk).update(review_on=clock.now().date() + timedelta(days=days))
    return signed_in


def test_what_is_due_within_two_weeks_stands_there_with_its_evidence(editor: Client, team: Team) -> None:
    late = Segment.objects.get(key="late")
    make_activation(late, make_connection(team, "Board"), "Calls")
    CheckFinding.objects.create(
        segment=late, check_key="size", title="Unexpected size", severity="warn", evidence="It has 3.", next_step="-"
    )
    answer = editor.get("/review/")
    page = text(answer)
    assert "2 segments of your teams are due within two weeks." in page
    assert page.index("Late") < page.index("Soon")
    assert "We write to them." in page
    assert "1 activation" in page
    assert "Unexpected size It has 3." in page
    assert 'id="review-far"' not in answer.content.decode()


def test_keeping_is_one_click_and_takes_it_from_the_queue(editor: Client) -> None:
    page = text(editor.post("/review/late/decide/", {"decision": "keep"}, follow=True))
    assert "Late: keep as it is." in page
    assert "One segment of your teams is due" in page
    assert Review.objects.get().segment.key == "late"


def test_a_change_leads_to_the_rule(editor: Client) -> None:
    answer = editor.post("/review/late/decide/", {"decision": "change"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/segments/late/edit/")


def test_merging_and_retiring_are_two_clicks(editor: Client) -> None:
    editor.post("/review/late/decide/", {"decision": "merge", "into": "far"})
    editor.post("/review/soon/decide/", {"decision": "retire", "note": "Nobody uses it."})
    decided = Review.objects.order_by("pk").values_list("segment__key", "decision", "into__key", "note")
    assert list(decided) == [("late", "merge", "far", ""), ("soon", "retire", None, "Nobody uses it.")]


def test_what_is_refused_is_said_and_decides_nothing(editor: Client) -> None:
    for given in ({"decision": "retire"}, {"decision": "nonsense"}, {"decision": "merge"}):
        editor.post("/review/late/decide/", given)
    assert not Review.objects.exists()
    assert "Say why, for those who read it later." in text(
        editor.post("/review/late/decide/", {"decision": "retire"}, follow=True)
    )


def test_the_queue_takes_at_most_twelve_queries_however_long_it_is(editor: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get("/review/").status_code == 200
        return len(captured)

    few = queries()
    Segment.objects.update(review_on=clock.now().date())
    assert queries() == few
    assert few <= 12
