"""The data map as people read it, the queue of what is new, and the page of each thing in the catalogue."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from lib import clock
from profiles.models import EventProperty, EventType, Source, TraitArrival, TraitDefinition, TraitValues
from segments.models import Segment
from tests.pages.company import make_person, make_segment
from tests.pages.reading import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(make_person("boss@example.com", "Bo Boss", is_administrator=True))
    return client


def make_trait(key: str = "plan", label: str = "Plan", *, personal: bool = False) -> TraitDefinition:
    crm, _ = Source.objects.get_or_create(key="crm", defaults={"name": "Our CRM", "promise": timedelta(days=1)})
    trait = TraitDefinition.objects.create(
        unit="profile", key=key, type="text", column=key, label=label, source=crm, personal=personal
    )
    now = clock.now()
    TraitValues.objects.create(
        trait=trait, population=1000, filled=230, different=2, top=[["Trial", 150], ["Pro", 80]], measured_at=now
    )
    TraitArrival.objects.create(trait=trait, at=now - timedelta(days=4))
    return trait


def test_a_row_says_source_coverage_freshness_and_use(signed_in: Client, team: Team) -> None:
    make_trait()
    make_segment("quiet-trials", team)
    page = text(signed_in.get("/data/"))
    for part in (
        "Our CRM 1 thing in the catalogue · 1 new",
        "1 stale or thinning",
        "Plan New trait of people, text",
        "23% 230 of 1,000",
        "Stale The newest value is 4 days old; “Our CRM” promises one every day.",
        "1 segment",
    ):
        assert part in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Plan", "Seats"}),
        ("view=attention", {"Plan", "Seats"}),
        ("view=unused", {"Seats"}),
        ("view=used-low", {"Plan"}),
        ("view=hidden", {"Old"}),
        ("q=sea", {"Seats"}),
        ("kind=event", set()),
        ("source=none", set()),
        ("segment=quiet-trials", {"Plan"}),
        ("segment=nobodys", set()),
        ("serves=none", {"Plan", "Seats"}),
        ("view=nonsense&page=99", {"Plan", "Seats"}),
    ],
)
def test_views_and_filters_narrow_the_map(signed_in: Client, team: Team, query: str, names: set[str]) -> None:
    make_trait()
    make_trait("seats", "Seats")
    hidden = make_trait("old", "Old")
    TraitDefinition.objects.filter(pk=hidden.pk).update(status="hidden")
    TraitArrival.objects.filter(trait=hidden).update(at=None)
    make_segment("quiet-trials", team)
    rows = signed_in.get(f"/data/?{query}").context["page"].object_list
    assert {shown.row.title for shown in rows} == names


def test_an_entry_has_its_values_and_what_uses_it_as_links(signed_in: Client, team: Team) -> None:
    trait = make_trait()
    make_segment("quiet-trials", team)
    answer = signed_in.get(f"/data/traits/{trait.pk}/")
    for part in ("Trial 150", "Pro 80", "Quiet trials segment", "230 of 1,000"):
        assert part in text(answer)
    assert 'href="/segments/quiet-trials/"' in answer.content.decode()
    assert "What it means" not in text(answer)


def test_common_values_of_personal_traits_are_for_who_may_see_personal_data(
    signed_in: Client, administrator: Client
) -> None:
    trait = make_trait(personal=True)
    viewer = Client()
    viewer.force_login(make_person("tom@example.com"))
    page = text(viewer.get(f"/data/traits/{trait.pk}/"))
    assert "Trial" not in page
    assert "These are personal data" in page
    assert "Trial 150" in text(administrator.get(f"/data/traits/{trait.pk}/"))


def test_the_queue_accepts_with_name_and_model_in_one_form_or_hides(administrator: Client) -> None:
    plan, seats = make_trait(label=""), make_trait("seats", "")
    assert "New in the data" in text(administrator.get("/data/new/"))
    said = {
        "back": "/data/new/", "label": "Plan", "description": "What they pay.", "serves": "value",
        "synonyms": "pro = premium, professional\n",
    }  # fmt: skip
    answer = administrator.post(f"/data/traits/{plan.pk}/", said)
    assert (answer.status_code, answer["Location"]) == (302, "/data/new/")
    administrator.post(f"/data/traits/{seats.pk}/hide/", {"back": "/data/new/"})
    told = TraitDefinition.objects.order_by("key").values_list("key", "status", "label", "serves", "synonyms")
    assert list(told) == [
        ("plan", "accepted", "Plan", "value", {"pro": ["premium", "professional"]}),
        ("seats", "hidden", "", "", {}),
    ]
    assert "Nothing is new" in text(administrator.get("/data/new/"))


def test_a_wrong_form_says_what_is_wrong_and_changes_nothing(administrator: Client) -> None:
    plan = make_trait()
    answer = administrator.post(f"/data/traits/{plan.pk}/", {"synonyms": "premium"})
    assert answer.status_code == 422
    assert "“premium”: write the stored value, =, and other words." in text(answer)
    assert TraitDefinition.objects.get().status == "new"


@pytest.mark.parametrize("path", ["", "hide/", "remove/"])
def test_others_change_nothing(signed_in: Client, path: str) -> None:
    plan = make_trait()
    assert signed_in.post(f"/data/traits/{plan.pk}/{path}", {"label": "Mine"}).status_code == 403
    assert TraitDefinition.objects.values_list("label", "status").get() == ("Plan", "new")


def test_removing_asks_and_says_what_is_in_the_way(administrator: Client) -> None:
    plan = make_trait()
    page = f"/data/traits/{plan.pk}/remove/"
    make_segment("quiet-trials", Team.objects.create(key="growth", name="Growth"))
    assert "It can't be removed while something uses it" in text(administrator.get(page))
    administrator.post(page)
    assert TraitDefinition.objects.exists()
    Segment.objects.update(state=Segment.State.RETIRED)
    assert "Remove Plan?" in text(administrator.get(page))
    assert administrator.post(page)["Location"] == "/data/"
    assert not TraitDefinition.objects.exists()


def test_a_source_says_how_often_it_sends(administrator: Client) -> None:
    make_trait()
    assert "promises new data every day" in text(administrator.get("/data/sources/crm/"))
    administrator.post("/data/sources/crm/", {"name": "CRM", "promise": str(7 * 86_400)})
    assert Source.objects.values_list("name", "promise").get() == ("CRM", timedelta(days=7))


@pytest.mark.parametrize("path", ["/data/traits/1/", "/data/nonsense/1/", "/data/sources/none/"])
def test_what_is_not_there_is_not_found(signed_in: Client, path: str) -> None:
    assert signed_in.get(path).status_code == 404


def test_pages_ask_the_database_as_often_however_much_there_is(administrator: Client, team: Team) -> None:
    event = EventType.objects.create(name="orders", table="orders")
    plan = make_trait()
    make_segment("s0", team)
    pages = ("/data/", "/data/new/", f"/data/traits/{plan.pk}/", f"/data/events/{event.pk}/", "/data/sources/crm/")

    def queries() -> list[int]:
        found = []
        for page in pages:
            administrator.get(page)
            with CaptureQueriesContext(connection) as asked:
                administrator.get(page)
            found.append(len(asked))
        return found

    before = queries()
    for number in range(12):
        make_trait(f"t{number}", f"T{number}")
        EventProperty.objects.create(event_type=event, key=f"p{number}", type="text", column=f"p{number}")
        make_segment(f"more-{number}", team)
    assert queries() == before
    assert max(before) <= 15, before
