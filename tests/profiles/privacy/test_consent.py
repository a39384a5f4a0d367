"""What people agree to, who may be contacted, and that nobody asks in between."""

import threading
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry
from profiles import contact, followers
from profiles.models import Channel, Consent, ConsentChange, Profile, Source, Suppression
from profiles.services import lift_suppression, record_consents, set_consent, suppress
from tests.accounts.cast import make_person
from tests.profiles.ingest.customers import profile
from tests.profiles.tracking.sending import batch, identify, make_sender, track
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)


def agrees(who: Profile, **states: str) -> None:
    set_consent(actor=INSTALLATION, profile=who, states=states, source="form")


def silenced(who: Profile, channel: str = "all") -> None:
    suppress(actor=INSTALLATION, profile=who, channel=channel, reason="They asked.", source="phone")


@pytest.fixture
def told() -> Iterator[list[list[int]]]:
    """Whom those that follow were told of, call by call."""
    calls: list[list[int]] = []
    follow = lambda profiles: calls.append(list(profiles))  # noqa: E731
    followers.of_consent.append(follow)
    yield calls
    followers.of_consent.remove(follow)


def test_who_has_said_nothing_has_not_agreed_and_suppression_beats_consent() -> None:
    silent, agreed, denied, silenced_one, no_ads = (data.make_profile(name) for name in ("s", "a", "d", "x", "n"))
    for one in (agreed, silenced_one, no_ads):
        agrees(one, email="granted", ads="granted")
    agrees(denied, email="denied")
    silenced(silenced_one)
    silenced(no_ads, "ads")
    everybody = [one.pk for one in (silent, agreed, denied, silenced_one, no_ads)]
    assert contact.contactable(everybody, Channel.EMAIL) == {agreed.pk, no_ads.pk}
    assert contact.contactable(everybody, Channel.ADS) == {agreed.pk}
    assert contact.contactable(everybody, Channel.SMS) == set()
    assert contact.contactable(everybody, None) == {silent.pk, agreed.pk, denied.pk, no_ads.pk}
    assert contact.suppressed(everybody, Channel.ADS) == {silenced_one.pk, no_ads.pk}


def test_each_word_is_kept_with_its_source_its_writer_and_its_time(told: list[list[int]]) -> None:
    ann, tom = data.make_profile("ann"), Actor(make_person("tom", sees_personal_data=True))
    set_consent(actor=tom, profile=ann, states={"sms": "denied", "email": "granted"}, source="sign-up form")
    set_consent(actor=tom, profile=ann, states={"email": "denied"}, source="preference centre")
    suppress(actor=tom, profile=ann, channel="all", reason="A complaint.", source="phone")
    lift_suppression(actor=tom, profile=ann, channel="all", reason="It was somebody else.", source="letter")
    history = [(row.channel, row.what, row.reason, row.source, row.by) for row in ConsentChange.objects.order_by("id")]
    assert history == [
        ("email", "granted", "", "sign-up form", "tom@example.com"),
        ("sms", "denied", "", "sign-up form", "tom@example.com"),
        ("email", "denied", "", "preference centre", "tom@example.com"),
        ("all", "suppressed", "A complaint.", "phone", "tom@example.com"),
        ("all", "lifted", "It was somebody else.", "letter", "tom@example.com"),
    ]
    assert dict(Consent.objects.values_list("channel", "state")) == {"email": "denied", "sms": "denied"}
    assert Consent.objects.get(channel="email").at == ConsentChange.objects.get(source="preference centre").at
    assert not Suppression.objects.exists()
    assert told == [[ann.pk]] * 4
    entries = AuditEntry.objects.filter(target_kind="profile", target_id=ann.pk).order_by("id")
    assert [(entry.action, entry.after) for entry in entries] == [
        ("profile.consent", {"channels": ["email", "sms"]}),
        ("profile.consent", {"channels": ["email"]}),
        ("profile.suppress", {"channels": ["all"]}),
        ("profile.lift_suppression", {"channels": ["all"]}),
    ]


@pytest.mark.parametrize(
    ("states", "field"),
    [({"ads": "granted", "fax": "granted"}, "channel"), ({"ads": "denied", "sms": "maybe"}, "state"), ({}, "channels")],
)
def test_a_channel_or_a_word_that_there_is_not_is_refused(states: dict[str, str], field: str) -> None:
    ann = data.make_profile("ann")
    with pytest.raises(ValidationError) as refused:
        set_consent(actor=INSTALLATION, profile=ann, states=states, source="form")
    assert list(refused.value.message_dict) == [field]
    assert not Consent.objects.exists()
    assert not ConsentChange.objects.exists()


def test_what_is_not_suppressed_can_not_be_lifted_and_who_may_not_see_people_records_nothing() -> None:
    ann, eve = data.make_profile("ann"), Actor(make_person("eve"))
    with pytest.raises(ValidationError, match="not suppressed for 'ads'"):
        lift_suppression(actor=INSTALLATION, profile=ann, channel="ads", reason="", source="phone")
    with pytest.raises(PermissionDenied):
        suppress(actor=eve, profile=ann, channel="all", reason="No.", source="phone")
    assert not Suppression.objects.exists()


def test_a_merge_keeps_the_stricter_word_of_each_channel_and_both_histories(told: list[list[int]]) -> None:
    shop = make_sender()
    shop.send("batch", batch(track("Visit", "", anonymousId="a"), identify("u1")))
    device = Profile.objects.exclude(pk=profile("u1").pk).get()
    agrees(device, email="denied", sms="granted", push="granted", ads="denied")
    agrees(profile("u1"), email="granted", sms="denied", post="granted")
    silenced(device, "push")
    told.clear()
    shop.send("track", track("Visit", "u1", anonymousId="a"))
    known = profile("u1").pk
    assert dict(Consent.objects.filter(profile=known).values_list("channel", "state")) == {
        "email": "denied", "sms": "denied", "push": "granted", "ads": "denied", "post": "granted"
    }  # fmt: skip
    assert list(Suppression.objects.values_list("profile", "channel")) == [(known, "push")]
    assert ConsentChange.objects.filter(profile=known).count() == 8
    assert told == [[known]]


def test_a_withdrawal_waits_for_a_sender_that_has_asked_and_the_next_one_sees_it() -> None:
    ann = data.make_profile("ann")
    agrees(ann, email="granted")
    asked, done = threading.Event(), threading.Event()

    def withdraw() -> None:
        asked.wait()
        agrees(ann, email="denied")
        done.set()
        connection.close()

    other = threading.Thread(target=withdraw)
    other.start()
    with transaction.atomic():
        assert contact.hold([ann.pk]) == {ann.pk}
        asked.set()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        with connection.cursor() as cursor:
            while cursor.execute(waiting) is None and cursor.fetchone() == (0,):  # until the other one waits for us
                assert not done.is_set()
        assert contact.contactable([ann.pk], Channel.EMAIL) == {ann.pk}
    other.join()
    assert contact.contactable([ann.pk], Channel.EMAIL) == set()


def test_who_is_gone_is_not_held() -> None:
    ann = data.make_profile("ann")
    with transaction.atomic():
        assert contact.hold([ann.pk, 987_654]) == {ann.pk}


def test_a_list_of_what_many_have_said_is_recorded_at_once_with_one_entry(told: list[list[int]]) -> None:
    people = [data.make_profile(name).pk for name in ("a", "b")]
    crm = Source.objects.create(key="crm", name="CRM")
    said = [(people[0], "email", "granted"), (people[0], "ads", "denied"), (people[1], "email", "granted")]
    assert record_consents(actor=INSTALLATION, source=crm, said=[*said, (987_654, "email", "granted")]) == 3
    assert contact.contactable(people, Channel.EMAIL) == set(people)
    assert ConsentChange.objects.count() == 3
    assert record_consents(actor=INSTALLATION, source=crm, said=[(people[0], "email", "denied")]) == 1
    assert contact.contactable(people, Channel.EMAIL) == {people[1]}
    assert [sorted(call) for call in told] == [people, people[:1]]
    entries = AuditEntry.objects.filter(action="source.consents").order_by("id")
    assert [entry.after for entry in entries] == [{"customers": 2}, {"customers": 1}]
    with pytest.raises(ValidationError):
        record_consents(actor=INSTALLATION, source=crm, said=[(people[0], "fax", "granted")])
