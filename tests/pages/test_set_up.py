"""Setting up and changing an activation: what is asked, what is refused and where it is said, the dry run."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pyroaring import BitMap64

from accounts.actors import INSTALLATION
from accounts.models import AuditEntry, Role, Team, TeamMember, User
from activations.engine import holdout, runner
from activations.models import Activation, Connection, Delivery, SyncRun
from profiles.models import Identity, Profile
from profiles.services import set_consent, suppress
from segments.models import Segment
from tests.activations import building
from tests.pages.company import make_connection, make_person, make_segment, make_team
from tests.pages.reading import text

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/activations/new/?segment=trials"


@pytest.fixture
def viewer(transactional_db: None) -> User:
    return make_person("viewer@example.com", "Vera Viewer")


@pytest.fixture
def editor(viewer: User, team: Team) -> User:
    TeamMember.objects.filter(team=team, user=viewer).update(role=Role.EDITOR)
    return viewer


@pytest.fixture
def segment(editor: User, team: Team) -> Segment:
    """With three members, of whom two have an e-mail address."""
    building.traits(plan="text")
    found = make_segment("trials", team)
    people = [building.a_person(f"p{number}@example.com", plan="Trial") for number in (1, 2)]
    building.has_members(found, [*people, building.a_person(plan="Free")])
    return found


@pytest.fixture
def disk(team: Team) -> Connection:
    return Connection.objects.create(team=team, kind="files", name="Disk", config={"folder": "out"})


def answers(connection: Connection | None, **more: Any) -> dict[str, Any]:
    """What a person sends who has filled in everything."""
    given: dict[str, Any] = {
        "connection": connection.pk if connection else "",
        "name": "Trials to disk",
        "key": "trials-to-disk",
        "sent": ["identifier:email", "trait:plan"],
        "to:identifier:email": "Mail",
        "to:trait:plan": "Plan",
        "purpose": "outreach",
        "channel": "",
        "holdout": "0",
        "mode": "mirror",
        "schedule": "manual",
        "interval": "3600",
        "timezone": "UTC",
        "removal_limit": "20",
    }
    return given | more


def key(identifier: str) -> dict[str, str]:
    """The match key: a field of its own beside the key of the activation."""
    return {"match": f"identifier:{identifier}"}


def post(client: Client, data: dict[str, Any], address: str = ADDRESS) -> Any:
    return client.post(address, data)


def columns_of(activation: Activation) -> Sequence[Any]:
    found: Sequence[Any] = activation.columns
    return found


def test_without_a_segment_it_asks_for_one(signed_in: Client, segment: Segment) -> None:
    page = text(signed_in.get("/activations/new/"))
    assert "First the segment" in page
    assert "Trials" in page


def test_who_edits_nowhere_is_told_what_it_needs(signed_in: Client, segment: Segment, editor: User) -> None:
    TeamMember.objects.filter(user=editor).update(role=Role.VIEWER)
    for address in ("/activations/new/", ADDRESS):
        refused = signed_in.get(address)
        assert refused.status_code == 403
        assert "needs the role editor or higher" in text(refused)


def test_a_dry_run_counts_and_sends_nothing(signed_in: Client, segment: Segment, disk: Connection) -> None:
    page = text(post(signed_in, answers(disk) | key("email") | {"try": "1"}))
    assert "3 members − 1 not with email = 2 would be sent" in page
    assert "The first sync adds 2, removes 0." in page
    assert "Nothing was sent." in page
    assert 'value="Mail"' in post(signed_in, answers(disk) | key("email") | {"try": "1"}).content.decode()
    assert (Activation.objects.count(), Delivery.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)
    assert not settings.EXPORTS.exists()


def test_a_dry_run_says_who_is_held_back_by_each_step(signed_in: Client, segment: Segment, disk: Connection) -> None:
    suppressed = Profile.objects.get(identities__value="p1@example.com")
    suppress(actor=INSTALLATION, profile=suppressed, channel="all", reason="asked", source="phone")
    page = text(post(signed_in, answers(disk) | key("email") | {"try": "1", "channel": "email"}))
    assert "3 members − 1 not with email − 1 suppressed − 1 who did not agree to e-mail = 0 would be sent" in page
    agreed = Profile.objects.get(identities__value="p2@example.com")
    set_consent(actor=INSTALLATION, profile=agreed, states={"email": "granted"}, source="form")
    held = holdout.without(segment.pk, 50, BitMap64([agreed.pk])) == BitMap64()
    page = text(post(signed_in, answers(disk) | key("email") | {"try": "1", "channel": "email", "holdout": "50"}))
    assert ("− 1 in the holdout = 0 would be sent" if held else "− 1 suppressed = 1 would be sent") in page


def test_activating_makes_it_with_the_match_key_first(signed_in: Client, segment: Segment, disk: Connection) -> None:
    given = answers(disk, sent=["trait:plan", "identifier:external_id"]) | key("email")
    response = post(signed_in, given | {"schedule": "interval", "interval": "900"})
    made = Activation.objects.get()
    assert response.headers["Location"] == "/activations/trials-to-disk/"
    assert columns_of(made) == [
        {"to": "Mail", "identifier": "email"},
        {"to": "external_id", "identifier": "external_id"},
        {"to": "Plan", "trait": "plan"},
    ]
    assert (made.schedule, made.interval, made.daily_at) == ("interval", timedelta(minutes=15), None)
    assert made.next_due is not None
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["activation.create"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"connection": ""}, "Choose where it goes."),
        ({"match": ""}, "Choose the match key"),
        ({"to:trait:plan": ""}, "Enter the name of the field over there."),
        ({"to:trait:plan": "Mail"}, "Another row has this name: each needs its own."),
        ({"schedule": "daily", "daily_at": ""}, "Enter the time of the day, such as 06:00."),
        ({"removal_limit": "101"}, "less than or equal to 100"),
        ({"key": ""}, "This field is required."),
        ({"key": "no blanks"}, "valid"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_is_lost(
    signed_in: Client, segment: Segment, disk: Connection, wrong: dict[str, str], words: str
) -> None:
    response = post(signed_in, answers(disk) | key("email") | {"name": "A name of my own"} | wrong)
    page = response.content.decode()
    assert words in text(response)
    assert "Nothing is saved yet." in text(response)
    assert 'value="A name of my own"' in page
    assert (Activation.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_key_that_is_taken_is_said(signed_in: Client, segment: Segment, disk: Connection) -> None:
    post(signed_in, answers(disk) | key("email"))
    assert "already exists" in text(post(signed_in, answers(disk) | key("email")))
    assert Activation.objects.count() == 1


def test_connections_of_other_teams_can_not_be_used(signed_in: Client, segment: Segment) -> None:
    foreign = make_connection(make_team("sales"), "Secret board")
    assert "Secret board" not in text(signed_in.get(ADDRESS))
    response = post(signed_in, answers(foreign) | key("email"))
    assert response.status_code == 200
    assert (Activation.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_changing_one_tells_what_the_next_sync_would_do(signed_in: Client, segment: Segment, disk: Connection) -> None:
    post(signed_in, answers(disk) | key("email"))
    activation = Activation.objects.get()
    run = SyncRun.objects.create(activation=activation, trigger="manual")
    runner.perform(run.pk)
    identity = Identity.objects.get(value="p1@example.com")
    building.has_members(segment, [Profile.objects.get(pk=identity.profile_id), building.a_person("p3@example.com")])
    address = f"/activations/{activation.key}/edit/"
    page = text(post(signed_in, answers(disk, removal_limit="100") | key("email") | {"try": "1"}, address))
    assert "The next sync adds 1, changes 0, removes 1." in page
    page = text(post(signed_in, answers(disk) | key("email") | {"try": "1", "to:trait:plan": "Tariff"}, address))
    assert "The next sync adds 1, changes 1, removes 1." in page
    assert "it would stop and ask" in page
    post(signed_in, answers(disk, name="Renamed") | key("email"), address)
    activation.refresh_from_db()
    assert activation.name == "Renamed"


def test_the_match_key_stays_once_people_were_sent(signed_in: Client, segment: Segment, disk: Connection) -> None:
    post(signed_in, answers(disk) | key("email"))
    activation = Activation.objects.get()
    Delivery.objects.create(activation=activation, member=1, key="a@example.com", payload_hash=1, state="delivered")
    response = post(signed_in, answers(disk) | key("external_id"), f"/activations/{activation.key}/edit/")
    assert "its segment, connection and first identifier stay" in text(response)
    activation.refresh_from_db()
    assert columns_of(activation)[0] == {"to": "Mail", "identifier": "email"}


def test_a_sample_is_shown_with_the_permission_only_and_is_on_record(
    signed_in: Client, segment: Segment, editor: User
) -> None:
    address = "/activations/new/sample/?segment=trials"
    refused = signed_in.get(address)
    assert (refused.status_code, AuditEntry.objects.count()) == (403, 0)
    assert "Preview five members" not in text(signed_in.get(ADDRESS))
    User.objects.filter(pk=editor.pk).update(sees_personal_data=True)
    Identity.objects.create(profile=Profile.objects.order_by("pk")[0], kind="external_id", value="c-1")
    assert "Preview five members" in text(signed_in.get(ADDRESS))
    page = text(signed_in.get(address))
    assert "c-1" in page
    assert "p1@example.com" in page
    assert "Trial" in page
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_key, entry.after) == ("sample.read", "trials", {"customers": 2})


def test_the_preview_shows_what_is_known_and_what_is_sent(signed_in: Client, segment: Segment, editor: User) -> None:
    User.objects.filter(pk=editor.pk).update(sees_personal_data=True)
    chosen = {"segment": "trials", "sent": ["identifier:email"], "match": "identifier:email"}
    hashed = sha256(b"p2@example.com").hexdigest()
    page = text(signed_in.get("/activations/new/sample/", chosen | {"as:identifier:email": "meta.EMAIL"}))
    assert "p2@example.com" in page
    assert f"sent as {hashed}" in page
    assert hashed not in text(signed_in.get("/activations/new/sample/", chosen))


def test_a_format_and_a_fixed_value_are_saved(signed_in: Client, segment: Segment, disk: Connection) -> None:
    given = answers(disk, **{"as:identifier:email": "meta.EMAIL", "fixed-to": "origin", "fixed-value": "registry"})
    post(signed_in, given | key("email"))
    activation = Activation.objects.get()
    assert columns_of(activation) == [
        {"to": "Mail", "identifier": "email", "format": "meta.EMAIL"},
        {"to": "Plan", "trait": "plan"},
        {"to": "origin", "value": "registry"},
    ]
    page = text(signed_in.get(f"/activations/{activation.key}/"))
    assert "Meta: e-mail address" in page
    assert "always “registry”" in page
