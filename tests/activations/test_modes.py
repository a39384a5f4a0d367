"""What the modes, the priority of identifiers, formats and fixed values send."""

from hashlib import sha256
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts.actors import INSTALLATION
from activations import services
from activations.engine import runner
from activations.models import Activation, Delivery, SyncRun
from profiles.models import Identity, Profile
from segments.models import Segment
from tests.activations import building, reading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def segment() -> Segment:
    building.traits(plan="text", country="text")
    return building.a_segment()


def sync(activation: Activation) -> SyncRun:
    run = services.request_sync(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    return run


def counts(run: SyncRun) -> tuple[int, ...]:
    return (run.added, run.updated, run.removed, run.unchanged, run.skipped)


def with_changes(segment: Segment, mode: str) -> SyncRun:
    """Four people are sent; then one changes, one moves to another address, one leaves, and one comes."""
    ann, bob, cid, dan = (building.a_person(f"{name}@a.io", plan="pro") for name in ("ann", "bob", "cid", "dan"))
    building.has_members(segment, [ann, bob, cid, dan])
    activation = building.an_activation(segment, mode=mode)
    sync(activation)
    Profile.objects.filter(pk=ann.pk).update(traits={"plan": "free"})
    bob.identities.update(value="new@a.io")
    building.has_members(segment, [ann, bob, dan, building.a_person("eve@a.io", plan="pro")])
    return sync(activation)


def test_in_mode_update_nobody_is_removed_for_leaving(segment: Segment, settings: Settings) -> None:
    run = with_changes(segment, "update")
    assert counts(run) == (2, 1, 1, 1, 0)
    held = {key: row[1] for key, row in reading.applied(settings.EXPORTS / "out").items()}
    assert held == {"ann@a.io": "free", "new@a.io": "pro", "cid@a.io": "pro", "dan@a.io": "pro", "eve@a.io": "pro"}


def test_in_mode_add_who_has_come_is_left_alone(segment: Segment, settings: Settings) -> None:
    run = with_changes(segment, "add")
    assert counts(run) == (1, 0, 0, 3, 0)
    held = {key: row[1] for key, row in reading.applied(settings.EXPORTS / "out").items()}
    assert held == dict.fromkeys(("ann@a.io", "bob@a.io", "cid@a.io", "dan@a.io", "eve@a.io"), "pro")


def test_who_lacks_the_first_identifier_is_sent_with_the_next(segment: Segment, settings: Settings) -> None:
    ann, bob, cid = building.a_person("ann@a.io"), building.a_person(), building.a_person()
    Identity.objects.create(profile=bob, kind="phone", value="+4930123456")
    Identity.objects.create(profile=ann, kind="phone", value="+4930123457")
    building.has_members(segment, [ann, bob, cid])
    columns = [{"to": "who", "identifier": "email", "otherwise": ["phone"]}]
    run = sync(building.an_activation(segment, columns=columns))
    assert run.funnel[1] == {"step": "identifier", "label": "with email or phone", "left": 2}
    assert set(reading.applied(settings.EXPORTS / "out")) == {"ann@a.io", "+4930123456"}


HASHED = [
    {"to": "EMAIL", "identifier": "email", "format": "meta.EMAIL"},
    {"to": "PHONE", "identifier": "phone", "format": "meta.PHONE"},
    {"to": "COUNTRY", "trait": "country", "format": "meta.COUNTRY"},
    {"to": "origin", "value": "registry"},
]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_identifiers_are_sent_as_the_vendor_wants_them(segment: Segment, settings: Settings) -> None:
    ann = building.a_person("Ann@A.io", country="DE")
    Identity.objects.create(profile=ann, kind="phone", value="030 123456")
    building.has_members(segment, [ann])
    activation = building.an_activation(segment, columns=HASHED)
    sync(activation)
    key = digest("ann@a.io")
    assert reading.applied(settings.EXPORTS / "out") == {key: [key, digest("4930123456"), digest("de"), "registry"]}
    assert Delivery.objects.get().key == key
    assert counts(sync(activation)) == (0, 0, 0, 1, 0)
    Profile.objects.filter(pk=ann.pk).update(traits={"country": "AT"})
    assert counts(sync(activation)) == (0, 1, 0, 0, 0)
    assert reading.applied(settings.EXPORTS / "out")[key][1] == digest("30123456")


def test_who_has_nothing_that_could_be_written_is_counted_in_the_funnel(segment: Segment) -> None:
    ann, bob = building.a_person("ann@a.io"), building.a_person()
    Identity.objects.create(profile=bob, kind="phone", value="n/a 000")
    Identity.objects.create(profile=ann, kind="phone", value="+4930123456")
    building.has_members(segment, [ann, bob])
    columns = [{"to": "PHONE", "identifier": "phone", "format": "meta.PHONE"}]
    run = sync(building.an_activation(segment, columns=columns))
    assert run.funnel[-1] == {"step": "usable", "label": "with a usable phone", "left": 1}
    assert counts(run) == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ({"to": "x", "identifier": "email", "format": "meta.NOPE"}, "there is no format 'meta.NOPE'"),
        ({"to": "x", "identifier": "email", "otherwise": ["email"]}, "an identifier is named twice"),
        ({"to": "x", "identifier": "email", "otherwise": ["phone"], "format": "meta.EMAIL"}, "one kind of identifier"),
        ({"to": "x", "identifier": "email", "policy": "append"}, "files can't do 'append' for 'x'"),
        ({"to": "x", "value": None}, "Columns, at 0"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_in_words(segment: Segment, column: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        building.an_activation(segment, columns=[column])


def test_a_test_sends_one_record_and_the_next_sync_the_others(segment: Segment, settings: Settings) -> None:
    building.has_members(segment, [building.a_person(f"{name}@a.io", plan="pro") for name in ("ann", "bob", "cid")])
    activation = building.an_activation(segment, schedule="change")
    run = services.request_test(actor=INSTALLATION, activation=activation)
    with pytest.raises(ValidationError, match="on its way"):
        services.request_test(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (counts(run), run.funnel[-1]["left"]) == ((1, 0, 0, 0, 0), 1)
    assert set(reading.applied(settings.EXPORTS / "out")) == {"ann@a.io"}
    assert counts(sync(activation)) == (2, 0, 0, 1, 0)


def test_what_was_refused_is_tried_again_when_somebody_asks(segment: Segment) -> None:
    bad = building.a_person("bad\n@a.io")
    building.has_members(segment, [bad, building.a_person("ann@a.io")])
    activation = building.an_activation(segment)
    sync(activation)
    assert sync(activation).rejected == 0
    run = services.retry_rejected(actor=INSTALLATION, activation=activation)
    assert runner.perform(run.pk)
    run.refresh_from_db()
    assert (run.rejected, run.unchanged, run.skipped) == (1, 1, 0)
    Delivery.objects.filter(state="rejected").delete()
    with pytest.raises(ValidationError, match="refused nobody"):
        services.retry_rejected(actor=INSTALLATION, activation=activation)
