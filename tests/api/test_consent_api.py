"""Consent and suppression by the API."""

import pytest
from django.test import Client

from accounts.models import AuditEntry
from profiles.models import ConsentChange, Profile
from tests.accounts.cast import bearer, make_person
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/api/v1/profiles/ann"


@pytest.fixture
def ann(db: None) -> Profile:
    return data.make_profile("ann", email="ann@example.com")


@pytest.fixture
def program(ann: Profile) -> Client:
    return bearer(make_person("tom", sees_personal_data=True))


def test_what_is_said_by_api_is_in_the_profile_with_its_source_and_time(program: Client, ann: Profile) -> None:
    said = {"channels": {"email": "granted", "ads": "denied"}, "source": "preference centre"}
    assert program.post(f"{HERE}/consent", said, content_type="application/json").status_code == 204
    no = {"channel": "email", "reason": "A hard bounce.", "source": "mailchimp"}
    assert program.post(f"{HERE}/suppressions", no, content_type="application/json").status_code == 204
    at = ann.consents.get(channel="email").at.isoformat().replace("+00:00", "Z")
    assert program.get(HERE).json()["consent"] == {
        "email": {
            "state": "granted", "source": "preference centre", "at": at, "suppressed": True, "contactable": False
        },
        "ads": {
            "state": "denied", "source": "preference centre", "at": at, "suppressed": False, "contactable": False
        },
    }  # fmt: skip
    document = program.get(f"{HERE}/consent").json()
    assert [(row["channel"], row["what"], row["by"]) for row in document["history"]] == [
        ("email", "suppressed", "tom@example.com"),
        ("email", "granted", "tom@example.com"),
        ("ads", "denied", "tom@example.com"),
    ]
    assert [row["reason"] for row in document["suppressions"]] == ["A hard bounce."]
    assert AuditEntry.objects.filter(action="consent.read", target_id=ann.pk).count() == 1


def test_a_suppression_is_lifted_with_a_reason(program: Client, ann: Profile) -> None:
    no = {"reason": "A complaint.", "source": "support"}
    assert program.post(f"{HERE}/suppressions", no, content_type="application/json").status_code == 204
    assert program.delete(f"{HERE}/suppressions/all").status_code == 400
    assert ann.suppressions.get().channel == "all"
    assert program.delete(f"{HERE}/suppressions/all?reason=A mistake&source=support").status_code == 204
    assert not ann.suppressions.exists()
    assert program.delete(f"{HERE}/suppressions/all?reason=A mistake&source=support").status_code == 400


@pytest.mark.parametrize(
    "said",
    [
        {"channels": {"fax": "granted"}, "source": "x"},
        {"channels": {"email": "yes"}, "source": "x"},
        {"channels": {}, "source": "x"},
        {"channels": {"email": "granted"}},
    ],
)
def test_what_can_not_be_meant_is_refused(program: Client, said: dict[str, object]) -> None:
    assert program.post(f"{HERE}/consent", said, content_type="application/json").status_code == 400
    assert not ConsentChange.objects.exists()
