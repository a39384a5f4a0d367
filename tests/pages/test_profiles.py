"""People and companies as those see them who may see personal data: found, explained, followed through time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Role, Team, TeamMember, User
from activations.models import Delivery
from lib import clock
from profiles.models import Company, Profile, Source, TraitDefinition
from tests.activations import building
from tests.pages.company import make_activation, make_connection, make_person
from tests.pages.reading import text
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)
PAID = {"trait": "plan", "op": "eq", "value": "Paid"}
QUIET = {"not": {"event": "logged_in", "window": {"last": "30 days"}}}


@pytest.fixture
def allowed(viewer: User, client: Client) -> Client:
    """A browser of somebody who may see personal data."""
    User.objects.filter(pk=viewer.pk).update(sees_personal_data=True)
    client.force_login(viewer)
    return client


@pytest.fixture
def ann(db: None) -> Profile:
    """Somebody who pays, at a company."""
    data.make_trait("plan", "text", label="Plan")
    data.make_trait("first_name", "text", label="First name")
    data.make_trait("seats", "number", label="Seats")
    data.make_trait("name", "text", unit="company", label="Name")
    acme = data.make_company("acme", name="Acme Ltd")
    return data.make_profile("ann-17", company=acme, email="ann@example.com", plan="Paid", first_name="Ann")


def test_people_are_found_by_id_address_and_words_of_their_name(allowed: Client, ann: Profile) -> None:
    data.make_profile("bob-3", first_name="Bob")
    for asked in ("ann-17", "ANN@example.com", "an", "Ann"):
        assert "Ann ann-17 ann@example.com Acme Ltd" in text(allowed.post("/profiles/", {"q": asked})), asked
    assert AuditEntry.objects.filter(action="profiles.read").count() == 4
    assert "Nobody was found" in text(allowed.post("/profiles/", {"q": "ann carol"}))
    fragment = allowed.post("/profiles/", {"q": "bob"}, headers={"HX-Request": "true"}).content.decode()
    assert "bob-3" in fragment
    assert "<html" not in fragment


def test_the_page_says_who_it_is_where_they_are_in_since_when_and_what_is_known(
    allowed: Client, ann: Profile, team: Team
) -> None:
    TraitDefinition.objects.filter(key="plan").update(source=Source.objects.create(key="crm", name="Our CRM"))
    building.has_members(data.live_segment("payers", team, PAID), [ann])
    data.live_segment("others", team, {"everyone": True})
    for address in (f"/profiles/id/{ann.pk}/", "/profiles/ann-17/"):
        page = text(allowed.get(address))
        assert "E-mail address ann@example.com" in page
        assert "Customer id ann-17" in page
        assert f"Payers Growth marketing, since {clock.now():%-d %b %Y}, " in page
        assert "Not in 1 other segment Others" in page
        assert "Plan Paid Our CRM" in page
        assert "Not known: Seats" in page
    assert AuditEntry.objects.filter(action="profile.read", target_id=ann.pk).count() == 2


def test_why_shows_each_condition_with_what_was_found(allowed: Client, ann: Profile, team: Team) -> None:
    log_in = data.make_event_type("logged_in")
    data.make_event(log_in, ann, clock.now() - timedelta(days=3))
    data.live_segment("quiet-payers", team, {"all": [PAID, QUIET]})
    why = text(allowed.get(f"/profiles/id/{ann.pk}/why/quiet-payers/"))
    assert "The rule does not hold as of now: Does not hold: 1 of 2 is true, all are needed" in why
    assert "Holds: Plan is Paid, needs to be Paid" in why
    assert "Holds: “logged_in” once in the last 30 days, needs at least once" in why
    assert AuditEntry.objects.get(action="explanation.read").target_key == "quiet-payers"


def test_a_rule_that_no_longer_fits_says_so_in_place_of_a_reason(allowed: Client, ann: Profile, team: Team) -> None:
    data.live_segment("payers", team, PAID)
    TraitDefinition.objects.filter(key="plan").delete()
    assert "This can't be said now:" in text(allowed.get(f"/profiles/id/{ann.pk}/why/payers/"))


def test_the_timeline_tells_events_and_segments_newest_first_a_page_at_a_time(
    allowed: Client, ann: Profile, team: Team
) -> None:
    log_in, bought = data.make_event_type("logged_in"), data.make_event_type("bought", amount="number")
    now = clock.now()
    for hours in range(1, 61):
        data.make_event(log_in, ann, now - timedelta(hours=hours))
    data.make_event(bought, ann, now - timedelta(days=9), amount=12.5)
    data.make_event(bought, data.make_profile("bob"), now - timedelta(days=1), amount=99.0)
    building.has_members(data.live_segment("payers", team, PAID), [ann])
    address = f"/profiles/id/{ann.pk}/timeline/"
    first = allowed.get(address).content.decode()
    told = text(allowed.get(address)).partition("bought logged_in")[2]
    assert told.index("Entered Payers") < told.index("logged_in")
    assert first.count("/event/?event=logged_in") == 40
    following = first.split(f'hx-get="{address}?kind=&amp;')[1].split('"')[0].replace("&amp;", "&")
    second = allowed.get(f"{address}?{following}")
    assert second.content.decode().count("/event/?event=logged_in") == 20
    assert second.content.decode().count("/event/?event=bought") == 1
    assert "Entered" not in text(second)
    assert "Show earlier" not in text(second)


def test_the_timeline_is_filtered_by_kind_and_tells_what_was_sent_with_an_event(
    allowed: Client, ann: Profile, team: Team
) -> None:
    log_in, bought = data.make_event_type("logged_in"), data.make_event_type("bought", amount="number", sort="text")
    at = clock.now() - timedelta(days=2)
    data.make_event(log_in, ann, at)
    data.make_event(bought, ann, at, amount=1250.5)
    building.has_members(data.live_segment("payers", team, PAID), [ann])
    address = f"/profiles/id/{ann.pk}/timeline/"
    shown = {
        kind: [word in text(allowed.get(address, {"kind": kind})).split("bought logged_in")[1] for word in WORDS]
        for kind in ("", "events", "segments", "bought", "never heard of")
    }
    assert shown == {
        "": [True, True, True],
        "events": [True, True, False],
        "segments": [False, False, True],
        "bought": [False, True, False],
        "never heard of": [False, False, False],
    }
    details = allowed.get(address, {"kind": "bought"}).content.decode().split('hx-get="')[2].split('"')[0]
    assert text(allowed.get(details.replace("&amp;", "&"))) == "amount 1,250.5"


WORDS = ("logged_in", "bought", "Entered Payers")


@pytest.mark.parametrize("query", ["at=yesterday", "at=2026-01-01", "at=2026-13-45T00:00:00Z"])
def test_a_place_that_is_no_moment_is_refused(allowed: Client, ann: Profile, query: str) -> None:
    assert allowed.get(f"/profiles/id/{ann.pk}/timeline/?{query}").status_code == 400


def test_what_was_sent_where_is_told_to_the_team_of_the_connection(allowed: Client, ann: Profile, team: Team) -> None:
    activation = make_activation(data.live_segment("payers", team, PAID), make_connection(team, "Board"), "Calls")
    sent = {"activation": activation, "member": ann.pk, "key": "ann@example.com", "payload_hash": 1}
    Delivery.objects.create(state=Delivery.State.DELIVERED, delivered_at=clock.now(), **sent)
    assert "Board Calls, as ann@example.com Confirmed by the tool just now" in text(
        allowed.get(f"/profiles/id/{ann.pk}/sent/")
    )
    TeamMember.objects.filter(team=team).delete()
    page = text(allowed.get(f"/profiles/id/{ann.pk}/sent/"))
    assert "Board" not in page
    assert "Nothing was sent by the activations of your teams." in page


def test_a_company_shows_its_people_its_segments_and_why(allowed: Client, ann: Profile, team: Team) -> None:
    rule = {"people": {"trait": "plan", "op": "eq", "value": "Paid"}}
    segment = data.live_segment("paying", team, rule, unit="company")
    building.has_members(segment, [Company.objects.get()])
    response = allowed.get("/companies/acme/")
    page = text(response)
    assert "Acme Ltd Company id acme 1 person" in page
    assert "Ann ann-17 ann@example.com" in page
    assert "Paying Growth marketing, since" in page
    why = f"/companies/id/{Company.objects.get().pk}/why/paying/"
    assert why in response.content.decode()
    assert "The rule holds as of now:" in text(allowed.get(why))


def test_who_may_not_see_personal_data_sees_nobody_and_is_told_whom_to_ask(
    client: Client, viewer: User, ann: Profile, team: Team
) -> None:
    make_person("boss@example.com", "Bea Boss", is_administrator=True)
    data.live_segment("payers", team, PAID)
    client.force_login(viewer)
    before = AuditEntry.objects.count()
    for address in ("/profiles/", f"/profiles/id/{ann.pk}/", "/profiles/ann-17/", "/companies/acme/"):
        response = client.get(address)
        assert (address, response.status_code) == (address, 403)
        assert "Bea Boss boss@example.com" in text(response)
        assert "ann@example.com" not in response.content.decode()
    for part, status in (("why/payers/", 403), ("timeline/", 404), ("event/", 404), ("sent/", 404)):
        assert client.get(f"/profiles/id/{ann.pk}/{part}").status_code == status
    assert client.post("/profiles/", {"q": "ann-17"}).status_code == 403
    assert AuditEntry.objects.count() == before


def test_segments_that_one_may_not_know_of_are_not_named(allowed: Client, ann: Profile, team: Team) -> None:
    hidden = data.make_segment("secret", data.make_team("others"))
    data.save(hidden, PAID)
    assert "Secret" not in text(allowed.get(f"/profiles/id/{ann.pk}/"))
    assert allowed.get(f"/profiles/id/{ann.pk}/why/secret/").status_code == 404


def test_hostile_values_are_text(allowed: Client, ann: Profile) -> None:
    evil = data.make_profile("<b>x</b>/../?", email="e@example.com", plan="<script>alert(1)</script>")
    page = allowed.get(f"/profiles/id/{evil.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_the_pages_take_as_many_queries_for_much_as_for_little(allowed: Client, ann: Profile, team: Team) -> None:
    log_in = data.make_event_type("logged_in")
    TeamMember.objects.filter(team=team).update(role=Role.EDITOR)

    def fill(numbers: range) -> None:
        for number in numbers:
            segment = data.live_segment(f"s{number}", team, PAID)
            building.has_members(segment, [ann])
            activation = make_activation(segment, make_connection(team, f"C{number}"), "Out")
            Delivery.objects.create(activation=activation, member=ann.pk, key="k", payload_hash=1, state="delivered")
            data.make_event(log_in, ann, clock.now() - timedelta(hours=number + 1))
            data.make_profile(f"p{number}", company=ann.company)

    def queries(address: str) -> int:
        allowed.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert allowed.get(address).status_code == 200
        return len(captured)

    person = f"/profiles/id/{ann.pk}/"
    addresses = (person, "/companies/acme/", f"{person}sent/", f"{person}timeline/")
    fill(range(2))
    few = [queries(address) for address in addresses]
    fill(range(2, 12))
    assert [queries(address) for address in addresses] == few
    assert max(few[:3]) <= 12
    assert few[3] <= 22
