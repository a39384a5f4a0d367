"""New traits, events and properties wait for a person, who names, describes and classifies them, or hides them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry
from profiles import services
from profiles.catalogue import ensure_event_type, ensure_property, ensure_trait
from profiles.models import Source, Status, TraitDefinition
from profiles.personal import looks_personal
from tests.accounts.cast import make_person

pytestmark = pytest.mark.django_db


def make_plan() -> TraitDefinition:
    return ensure_trait(unit="profile", key="plan", type="text")


def test_what_data_brings_waits_as_new_with_a_guess_whether_it_is_personal() -> None:
    plan, email = make_plan(), ensure_trait(unit="profile", key="workEmail", type="text")
    event = ensure_event_type(name="Order placed")
    phone = ensure_property(event_type=event, key="phone_2", type="text")
    assert [each.status for each in (plan, email, event, phone)] == [Status.NEW] * 4
    assert [each.personal for each in (plan, email, phone)] == [False, True, True]


@pytest.mark.parametrize(
    ("key", "unit", "expected"),
    [
        ("email", "profile", True),
        ("First Name", "profile", True),
        ("dateOfBirth", "profile", True),
        ("name", "profile", True),
        ("name", "company", False),
        ("name", "", False),
        ("billing_address", "profile", True),
        ("billing_address", "company", False),
        ("ip", "", True),
        ("shipping", "profile", False),
        ("plan", "profile", False),
        ("signed_up_at", "profile", False),
        ("mobile_phone_number", "company", True),
        ("email_opened_count", "profile", False),
    ],
)
def test_the_guess_goes_by_the_last_words_of_a_name(key: str, unit: str, expected: bool) -> None:
    assert looks_personal(key, unit) is expected


def test_describing_accepts_and_says_only_what_is_said() -> None:
    plan = make_plan()
    crm = Source.objects.create(key="crm", name="CRM")
    services.describe_trait(actor=INSTALLATION, trait=plan, label="Plan", serves="value", source=crm)
    services.describe_trait(actor=INSTALLATION, trait=plan, synonyms={"pro": ["premium", "Professional"]})
    row = TraitDefinition.objects.get()
    said = (row.status, row.label, row.serves, row.source, row.synonyms, row.description)
    assert said == ("accepted", "Plan", "value", crm, {"pro": ["premium", "Professional"]}, "")
    second, first = AuditEntry.objects.filter(action="trait.describe")
    assert first.after == {"status": "accepted", "label": "Plan", "serves": "value", "source": "crm"}
    assert second.after == {"synonyms": {"pro": ["premium", "Professional"]}}


def test_what_is_hidden_can_be_described_again() -> None:
    plan = make_plan()
    services.hide_entry(actor=INSTALLATION, entry=plan)
    assert TraitDefinition.objects.get().status == Status.HIDDEN
    services.describe_trait(actor=INSTALLATION, trait=plan, label="Plan")
    assert TraitDefinition.objects.get().status == Status.ACCEPTED


@pytest.mark.parametrize(
    "synonyms",
    [["a"], {"a": "b"}, {"a": [""]}, {"a": [1]}, {" ": ["b"]}, {"a": ["x"], "b": ["X"]}, {"a": ["x" * 201]}],
)
def test_synonyms_that_make_no_sense_are_refused(synonyms: object) -> None:
    plan = make_plan()
    with pytest.raises(ValidationError) as refused:
        services.describe_trait(actor=INSTALLATION, trait=plan, synonyms=synonyms)  # type: ignore[arg-type]
    assert list(refused.value.message_dict) == ["synonyms"]
    row = TraitDefinition.objects.get()
    assert (row.status, row.synonyms) == (Status.NEW, {})


def test_only_administrators_describe_and_hide() -> None:
    plan, tom = make_plan(), Actor(make_person("tom"))
    with pytest.raises(PermissionDenied):
        services.describe_trait(actor=tom, trait=plan, label="Mine")
    with pytest.raises(PermissionDenied):
        services.hide_entry(actor=tom, entry=plan)
    assert TraitDefinition.objects.values_list("status", "label").get() == (Status.NEW, "")


def test_a_source_promises_a_positive_time_or_nothing() -> None:
    crm = services.create_source(actor=INSTALLATION, key="crm", name="CRM", promise=timedelta(days=1))
    services.change_source(actor=INSTALLATION, source=crm, promise=None)
    assert Source.objects.get().promise is None
    with pytest.raises(ValidationError), transaction.atomic():
        services.change_source(actor=INSTALLATION, source=crm, promise=timedelta())
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.update(promise=timedelta(seconds=-1))
    assert Source.objects.get().promise is None
