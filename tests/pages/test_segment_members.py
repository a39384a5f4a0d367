"""Who is in a segment: for whom, since when, and what is on record."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pyroaring import BitMap64

from accounts.models import AuditEntry, Team, User
from lib import clock
from profiles.models import Profile
from segments import membership, moves
from segments.models import Segment
from segments.moves import Since, moves_of, since
from tests.pages.company import add_run, make_person, make_segment
from tests.pages.reading import text
from tests.segments import data


@pytest.fixture
def allowed(viewer: User, signed_in: Client) -> Client:
    """A browser of somebody who may see personal data."""
    User.objects.filter(pk=viewer.pk).update(sees_personal_data=True)
    return signed_in


def count(segment: Segment, members: list[Profile], at: datetime) -> None:
    """A run that leaves these members."""
    run = add_run(segment, at, len(members))
    membership.store(run, BitMap64(member.pk for member in members))


def test_members_are_listed_with_since_when_and_lead_to_their_page(allowed: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    ann = data.make_profile("ann", company=data.make_company("acme", name="Acme"), email="ann@example.com", name="Ann")
    bob = data.make_profile(None, email="bob@example.com")
    now = clock.now()
    for days, members in ((9, [ann]), (5, []), (3, [ann]), (1, [ann, bob])):
        count(segment, members, now - timedelta(days=days))
    response = allowed.get("/segments/payers/members/")
    page = text(response)
    assert f"Ann ann ann@example.com Acme {now - timedelta(days=3):%-d %b %Y, %H:%M}" in page
    assert f"bob@example.com bob@example.com – {now - timedelta(days=1):%-d %b %Y, %H:%M}" in page
    assert f'href="/profiles/id/{ann.pk}/"' in response.content.decode()
    entry = AuditEntry.objects.get(action="members.read")
    assert (entry.target_key, entry.after) == ("payers", {"customers": 2})


def test_who_may_not_see_personal_data_is_told_whom_to_ask(signed_in: Client, team: Team) -> None:
    make_person("boss@example.com", "Bea Boss", is_administrator=True)
    segment = make_segment("payers", team)
    count(segment, [data.make_profile("ann-17", email="ann@example.com")], clock.now())
    for address in ("members/", "members/?q=ann-17"):
        response = signed_in.get(f"/segments/payers/{address}")
        assert "Bea Boss boss@example.com" in text(response)
        assert "ann" not in response.content.decode().replace("channel", "")
    assert signed_in.get("/segments/payers/members.csv").status_code == 403
    assert not AuditEntry.objects.exists()


def test_pages_of_members_are_of_one_run_whatever_is_counted_meanwhile(allowed: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    people = [data.make_profile(f"p{number:03}") for number in range(60)]
    now = clock.now()
    count(segment, people, now - timedelta(hours=1))
    first = allowed.get("/segments/payers/members/").content.decode()
    following = first.split('rel="next" href="')[1].split('"')[0]
    count(segment, [], now)
    second = text(allowed.get(f"/segments/payers/members/{following}"))
    assert [f"p{number:03}" in first for number in (0, 49, 50)] == [True, True, False]
    assert [f"p{number:03}" in second for number in (49, 50, 59)] == [False, True, True]
    assert "Nobody is in this segment" in text(allowed.get("/segments/payers/members/?cursor=nonsense"))


def test_one_is_found_by_id_or_address_in_or_out(allowed: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    ann, bob = data.make_profile("ann", email="ann@example.com"), data.make_profile("bob")
    count(segment, [ann], clock.now())
    search = "/segments/payers/members/"
    assert "ann@example.com" in text(allowed.post(search, {"q": "ANN@example.com"}))
    outside = allowed.post(search, {"q": "bob"})
    assert "bob is not a member" in text(outside)
    assert f'href="/profiles/id/{bob.pk}/"' in outside.content.decode()
    assert "Nobody has this id or address" in text(allowed.post(search, {"q": "carol"}))


def test_companies_are_members_of_segments_of_companies(allowed: Client, team: Team) -> None:
    segment = make_segment("large", team, unit="company")
    acme = data.make_company("acme", name="Acme Ltd")
    data.make_profile("ann", company=acme)
    run = add_run(segment, clock.now(), 1)
    membership.store(run, BitMap64([acme.pk]))
    response = allowed.get("/segments/large/members/")
    assert "Acme Ltd acme 1 " in text(response)
    assert 'href="/companies/acme/"' in response.content.decode()


def test_the_file_holds_every_member_and_is_on_record(allowed: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    count(segment, [data.make_profile("ann"), data.make_profile("=bob")], clock.now())
    response = allowed.get("/segments/payers/members.csv")
    assert response["Content-Disposition"] == 'attachment; filename="payers.csv"'
    assert sorted(response.getvalue().decode().split()) == ["'=bob", "ann", "external_id"]
    assert AuditEntry.objects.get(action="members.read").after == {"customers": 2}


def test_what_is_too_far_back_is_told_as_before(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = make_segment("payers", team)
    ann, bob = data.make_profile("ann"), data.make_profile("bob")
    now = clock.now()
    old, new = now - timedelta(days=2), now - timedelta(days=1)
    count(segment, [ann], old)
    count(segment, [ann, bob], new)
    assert since(segment.pk, [ann.pk, bob.pk]) == {ann.pk: Since(old), bob.pk: Since(new)}
    assert [(move.at, move.is_entry) for move in moves_of([segment.pk], ann.pk)] == [(old, True)]
    monkeypatch.setattr(moves, "MOST_BYTES", 1)
    assert since(segment.pk, [ann.pk, bob.pk]) == {ann.pk: Since(new, is_before=True), bob.pk: Since(new)}


def test_a_page_of_members_takes_as_many_queries_for_fifty_as_for_one(allowed: Client, team: Team) -> None:
    segment = make_segment("payers", team)
    people = [data.make_profile(f"p{number}", company=data.make_company(f"c{number}")) for number in range(50)]

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert allowed.get("/segments/payers/members/").status_code == 200
        return len(captured)

    count(segment, people[:1], clock.now() - timedelta(days=300))
    few = queries()
    for days in range(200, 0, -1):
        count(segment, people[: 1 + days % 50], clock.now() - timedelta(days=days))
    count(segment, people, clock.now())
    assert queries() == few
    assert few <= 12
