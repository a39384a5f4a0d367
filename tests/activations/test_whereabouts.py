"""What was sent of a person, where and when; and why not."""

import pytest
from django.urls import resolve

from accounts.actors import INSTALLATION
from activations import services
from activations.engine import runner
from activations.whereabouts import whereabouts
from profiles.models import Unit
from profiles.services import set_consent
from tests.activations import building

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_activation_says_what_it_sent_or_why_it_did_not() -> None:
    building.traits(plan="text")
    segment = building.a_segment()
    ann, bob = building.a_person("ann@a.io", plan="pro"), building.a_person("bob@a.io")
    set_consent(actor=INSTALLATION, profile=ann, states={"email": "granted"}, source="test")
    building.has_members(segment, [ann, bob])
    disk = building.a_connection()
    letter = building.an_activation(segment, disk, key="letter", name="A letter", channel="email")
    building.an_activation(segment, disk, key="calls", name="Calls", columns=[{"to": "n", "identifier": "phone"}])
    later = building.an_activation(segment, disk, key="later", name="Later")
    services.pause(actor=INSTALLATION, activation=later)
    assert runner.perform(services.request_sync(actor=INSTALLATION, activation=letter).pk)

    of_ann = whereabouts(actor=INSTALLATION, unit=Unit.PROFILE, member=ann.pk)
    assert [(one.activation.key, [row.key for row in one.deliveries], one.why_not) for one in of_ann] == [
        ("letter", ["ann@a.io"], ""),
        ("calls", [], "Held back: the audience is those with phone."),
        ("later", [], "The activation is paused by a person."),
    ]
    [of_bob, *_] = whereabouts(actor=INSTALLATION, unit=Unit.PROFILE, member=bob.pk)
    assert of_bob.why_not == "Held back: the audience is those who agreed to e-mail."


def test_the_address_is_not_taken_for_the_name_of_a_person() -> None:
    assert resolve("/api/v1/profiles/a/b/deliveries").url_name == "api-profile-deliveries"
    assert resolve("/api/v1/profiles/a/b").url_name == "api-profile"
