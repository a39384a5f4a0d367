"""Consent and suppression on the page of a person: shown first, with who said what when, and changed."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import INSTALLATION
from accounts.models import User
from profiles.models import Consent, ConsentChange, Profile, Suppression
from profiles.services import set_consent, suppress
from tests.pages.reading import text
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def allowed(viewer: User, client: Client) -> Client:
    """A browser of somebody who may see personal data."""
    User.objects.filter(pk=viewer.pk).update(sees_personal_data=True)
    client.force_login(viewer)
    return client


@pytest.fixture
def ann(db: None) -> Profile:
    return data.make_profile("ann-17", email="ann@example.com")


def test_the_page_of_a_person_says_whether_they_may_be_contacted(allowed: Client, ann: Profile) -> None:
    address = f"/profiles/id/{ann.pk}/"
    assert "E-mail Nothing was said, which means no No" in text(allowed.get(address))
    set_consent(actor=INSTALLATION, profile=ann, states={"email": "granted", "sms": "denied"}, source="sign-up form")
    page = text(allowed.get(address))
    assert "E-mail sign-up form, written down by the installation, " in page
    assert "Agreed" in page
    assert "Not agreed" in page
    suppress(actor=INSTALLATION, profile=ann, channel="all", reason="A complaint.", source="support")
    page = text(allowed.get(address))
    assert "Suppressed for every channel: A complaint. From support, written down by the installation, " in page
    assert "Agreed" not in page


def test_what_they_say_is_recorded_by_the_page_with_who_wrote_it(allowed: Client, ann: Profile, viewer: User) -> None:
    address = f"/profiles/id/{ann.pk}/consent/"
    said = {"channel": "email", "state": "granted", "source": "a call"}
    assert allowed.post(address, said).status_code == 302
    forbidden = {"channel": "all", "reason": "They asked.", "source": "a letter"}
    assert allowed.post(f"/profiles/id/{ann.pk}/suppress/", forbidden).status_code == 302
    page = text(allowed.get(address))
    assert f"E-mail: agreed From a call, written down by {viewer.email}" in page
    assert "End the suppression for every channel" in page
    ended = {"channel": "all", "reason": "They asked again.", "source": "a letter"}
    assert allowed.post(f"/profiles/id/{ann.pk}/lift/", ended).status_code == 302
    assert Consent.objects.get().state == "granted"
    assert not Suppression.objects.exists()
    assert list(ConsentChange.objects.values_list("what", flat=True)) == ["lifted", "suppressed", "granted"]


def test_a_form_that_lacks_something_says_so_and_records_nothing(allowed: Client, ann: Profile) -> None:
    answer = allowed.post(f"/profiles/id/{ann.pk}/suppress/", {"channel": "all", "source": "a letter"})
    assert "This field is required." in text(answer)
    answer = allowed.post(f"/profiles/id/{ann.pk}/lift/", {"channel": "ads", "reason": "x", "source": "y"}, follow=True)
    assert "This person is not suppressed for" in text(answer)
    assert not ConsentChange.objects.exists()


def test_the_pages_take_as_many_queries_whatever_is_written_down(allowed: Client, ann: Profile) -> None:
    for _ in range(30):
        set_consent(actor=INSTALLATION, profile=ann, states={"email": "granted", "ads": "denied"}, source="form")
    for address in (f"/profiles/id/{ann.pk}/", f"/profiles/id/{ann.pk}/consent/"):
        allowed.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            allowed.get(address)
        assert len(queries) <= 12, address
