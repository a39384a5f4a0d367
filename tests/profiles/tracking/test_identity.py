"""The rules of docs/identity.md: who is recognised as whom, what joins, and what is set aside."""

import random
import threading
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import AuditEntry
from profiles.lake import flush, redirects
from profiles.models import (
    Identity,
    IdentityClaim,
    Merge,
    Profile,
    QuarantinedEvent,
    Redirect,
    SharedIdentity,
    TailEvent,
)
from tests.profiles.ingest.customers import identities, lake, profile, traits
from tests.profiles.tracking.sending import Sender, batch, identify, make_sender, track

pytestmark = pytest.mark.django_db(transaction=True)


def visit(anonymous: str, **more: Any) -> dict[str, Any]:
    """An event of somebody on a device."""
    return {"type": "track", "event": "Visit", "anonymousId": anonymous, **more}


def people_of_events() -> dict[int | None, int]:
    """Profile → its events, in a snapshot."""
    return dict(lake("SELECT user_id, count(*) FROM visit GROUP BY 1"))


def test_the_history_of_a_device_becomes_that_of_the_first_who_is_known_on_it() -> None:
    shop = make_sender()
    shop.send("batch", batch(visit("a"), visit("a")))
    visitor = Profile.objects.get().pk
    shop.send("identify", identify("u1", plan="pro") | {"anonymousId": "a"})
    assert identities("u1") == {("external_id", "u1"), ("anonymous_id", "a")}
    assert people_of_events() == {visitor: 2}
    assert not Merge.objects.exists()
    assert lake("SELECT id, plan FROM users") == [(visitor, "pro")]


def test_a_device_that_joins_somebody_known_is_merged_with_what_is_in_the_lake() -> None:
    shop = make_sender()
    shop.send("batch", batch(visit("a"), visit("a"), identify("u1", plan="pro")))
    flush.flush_tail()
    shop.send("track", visit("a"))
    gone, known = Identity.objects.get(value="a").profile_id, profile("u1").pk
    shop.send("track", visit("a", userId="u1"))
    assert people_of_events() == {known: 4}
    assert Redirect.objects.get().__dict__.items() >= {"from_id": gone, "to_id": known}.items()
    found = Merge.objects.get()
    assert (found.gone, found.stays, found.by, found.value, found.source) == (
        gone,
        known,
        "anonymous_id",
        "a",
        shop.source,
    )
    assert not Profile.objects.filter(pk=gone).exists()
    entry = AuditEntry.objects.get(action="profile.merge")
    assert (entry.target_id, entry.after) == (known, {"gone": gone, "by": "anonymous_id"})


def test_a_device_that_somebody_else_uses_stays_with_the_first_and_its_events_go_to_whom_they_name() -> None:
    shop = make_sender()
    shop.send("batch", batch(visit("a", userId="u1"), visit("a", userId="u2"), visit("a")))
    assert people_of_events() == {profile("u1").pk: 2, profile("u2").pk: 1}
    assert list(IdentityClaim.objects.values_list("kind", "value", "profile_id")) == [
        ("anonymous_id", "a", profile("u2").pk)
    ]


def test_an_address_joins_somebody_without_an_external_id() -> None:
    shop = make_sender()
    news = {
        "type": "identify",
        "anonymousId": "a",
        "traits": {"email": "ada@example.org", "topic": "tea", "plan": "old"},
    }
    shop.send("batch", batch(news, visit("a"), identify("u1", plan="pro", phone="1")))
    shop.send("identify", identify("u1", email="Ada@example.org"))
    assert traits("u1") == {"plan": "pro", "topic": "tea"}
    assert identities("u1") == {
        ("external_id", "u1"), ("email", "ada@example.org"), ("phone", "1"), ("anonymous_id", "a")
    }  # fmt: skip
    assert people_of_events() == {profile("u1").pk: 1}


def test_two_people_with_external_ids_never_join_by_an_address() -> None:
    shop = make_sender()
    shop.send("batch", batch(identify("u1", email="x@example.org"), identify("u2", email="x@example.org", plan="pro")))
    assert identities("u1") == {("external_id", "u1"), ("email", "x@example.org")}
    assert identities("u2") == {("external_id", "u2")}
    assert traits("u2") == {"plan": "pro"}
    assert not Merge.objects.exists()


def test_an_address_that_too_many_name_is_set_aside_and_joins_nobody(settings: Settings) -> None:
    settings.IDENTITY_SHARED_BY = 3
    shop = make_sender()
    for user in ("u1", "u2", "u3", "u4"):
        assert not SharedIdentity.objects.exists()
        shop.send("identify", identify(user, email="info@example.org"))
    assert list(SharedIdentity.objects.values_list("kind", "value")) == [("email", "info@example.org")]
    assert AuditEntry.objects.filter(action="identity.set_aside").count() == 1
    stranger = {"anonymousId": "a", "traits": {"email": "info@example.org"}}
    shop.send("identify", stranger)
    assert Identity.objects.get(kind="email").profile == profile("u1")
    assert Identity.objects.get(value="a").profile != profile("u1")


def test_events_of_a_device_that_too_many_use_wait_in_quarantine(settings: Settings) -> None:
    settings.IDENTITY_SHARED_BY = 2
    shop = make_sender()
    shop.send("batch", batch(*(visit("kiosk", userId=user) for user in ("u1", "u2", "u3"))))
    shop.send("batch", batch(visit("kiosk", messageId="m1"), visit("b")))
    assert QuarantinedEvent.objects.get().reason == (
        'anonymous_id "kiosk" is used by too many people to tell who somebody is'
    )
    assert TailEvent.objects.count() == 4
    SharedIdentity.objects.all().delete()
    shop.send("track", visit("kiosk", messageId="m1"))
    assert TailEvent.objects.filter(message_id="m1").exists()


def test_an_alias_call_makes_two_ids_one_person_and_chains_are_flat() -> None:
    shop = make_sender()
    shop.send("batch", batch(*(identify(user, **{user: True}) for user in ("u1", "u2", "u3")), track("Visit", "u1")))
    flush.flush_tail()
    first = profile("u1").pk
    for previous, now in (("u1", "u2"), ("u2", "u3")):
        shop.send("alias", {"previousId": previous, "userId": now})
    last = profile("u3").pk
    assert {profile("u1").pk, profile("u2").pk} == {last}
    assert traits("u3") == {"u1": True, "u2": True, "u3": True}
    assert people_of_events() == {last: 1}
    assert set(Redirect.objects.values_list("to_id", flat=True)) == {last}
    assert Merge.objects.get(gone=first).by == "alias"
    shop.send("alias", {"previousId": "new-device", "userId": "u3"})
    assert ("anonymous_id", "new-device") in identities("u3")


def test_redirects_go_once_the_lake_is_rewritten() -> None:
    shop = make_sender()
    shop.send("batch", batch(visit("a"), visit("b"), identify("u1")))
    flush.flush_tail()
    shop.send("track", visit("a", userId="u1"))
    before = people_of_events()
    assert redirects.rewrite() == 1
    assert people_of_events() == before
    assert not Redirect.objects.exists()
    assert redirects.rewrite() == 0


def test_within_one_batch_people_are_brought_together_before_they_are_stored() -> None:
    messages = [visit("a"), visit("b"), identify("u1") | {"anonymousId": "a"}, visit("b", userId="u1"), visit("a")]
    make_sender().send("batch", batch(*messages))
    assert Profile.objects.count() == 1
    assert not Merge.objects.exists()
    assert people_of_events() == {profile("u1").pk: 4}


def partition() -> set[frozenset[tuple[str, str]]]:
    """Who is one person: the identifiers of each profile."""
    found: dict[int, set[tuple[str, str]]] = {}
    for kind, value, pk in Identity.objects.values_list("kind", "value", "profile_id"):
        found.setdefault(pk, set()).add((kind, value))
    return {frozenset(each) for each in found.values()}


@pytest.mark.parametrize("seed", range(6))
def test_people_are_the_same_in_whatever_order_and_portions_messages_come(seed: int) -> None:
    shop, rng = make_sender(), random.Random(seed)
    messages = []
    for person in range(8):
        user, device, phone = f"u{person}", f"d{person}", f"e{person}"
        own = [
            visit(device), visit(device), visit(phone), track("Visit", user), identify(user, n=1),
            identify(user) | {"anonymousId": device}, visit(phone, userId=user),
            {"type": "identify", "anonymousId": device, "traits": {"email": f"{user}@example.org"}},
        ]  # fmt: skip
        messages += [message | {"messageId": f"{person}-{number}"} for number, message in enumerate(own)]
    rng.shuffle(messages)
    for message in range(0, len(messages), 7):
        assert shop.send("batch", batch(*messages[message : message + 7])).status == 200
        if rng.random() < 0.3:
            flush.flush_tail()
    wanted = {
        frozenset(
            {
                ("external_id", f"u{n}"),
                ("anonymous_id", f"d{n}"),
                ("anonymous_id", f"e{n}"),
                ("email", f"u{n}@example.org"),
            }
        )
        for n in range(8)
    }
    assert partition() == wanted
    assert people_of_events() == {profile(f"u{n}").pk: 5 for n in range(8)}


def test_the_same_people_from_many_connections_at_once_are_each_one_person() -> None:
    shop = make_sender()
    shop.send("track", track("Visit", properties={"n": 1}))
    answers: list[int] = []

    def send(sender: Sender, seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(10):
            users = rng.sample(range(6), 4)
            messages = [visit(f"a{user}", **({"userId": f"p{user}"} if rng.random() < 0.5 else {})) for user in users]
            answer = sender.send(
                "batch", batch(*messages, {"type": "group", "userId": f"p{users[0]}", "groupId": "acme"})
            )
            answers.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=send, args=(shop, seed)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 30
    for user in range(6):
        shop.send("track", visit(f"a{user}", userId=f"p{user}"))
    assert partition() == {frozenset({("external_id", "u1")})} | {
        frozenset({("external_id", f"p{user}"), ("anonymous_id", f"a{user}")}) for user in range(6)
    }
    assert sum(people_of_events().values()) == 1 + 120 + 6
    assert set(people_of_events()) == set(Profile.objects.values_list("pk", flat=True))
