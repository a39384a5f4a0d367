"""Everything that is held about one person, and nothing of anybody else."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry
from activations.models import Delivery
from tests.accounts.cast import bearer, make_person
from tests.activations import building
from tests.profiles.privacy import somebody
from tests.profiles.privacy.somebody import SENTINEL, Traces

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def left(settings: Settings, tmp_path: Path) -> Traces:
    settings.UPLOADS = tmp_path / "uploads"
    return somebody.made()


def test_the_document_has_all_that_is_known_and_is_on_record(left: Traces) -> None:
    building.traits(plan="text")
    segment = building.a_segment()
    building.has_members(segment, [left.person])
    activation = building.an_activation(segment)
    Delivery.objects.create(
        activation=activation, member=left.person.pk, key=f"{SENTINEL}@example.org", payload_hash=1, state="delivered"
    )
    program = bearer(make_person("tom", sees_personal_data=True), "pii:read")
    answer = program.get("/api/v1/profiles/p1/export")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # of a stream
    found = json.loads(text)
    assert found["profile"][0]["traits"] == {"name": f"{SENTINEL} name"}
    assert found["profile"][0]["company"] == "acme"
    assert {row["value"] for row in found["identifiers"]} >= {"p1", f"{SENTINEL}@example.org", f"{SENTINEL}-device"}
    assert sorted((row["event"], *row["properties"].values()) for row in found["events"]) == [
        ("Bought", f"{SENTINEL} thing"),
        ("Visit", f"{SENTINEL} again"),
        ("Visit", f"{SENTINEL} page"),
    ]
    assert [row["what"] for row in found["consent_history"]] == ["suppressed", "granted"]
    assert [row["value"] for row in found["merges"]] == [f"{SENTINEL}-device"]
    assert found["quarantine"][0]["document"]["userId"] == "p1"
    assert [row["segment"] for row in found["memberships"]] == [segment.key]
    assert [(row["key"], row["by"]) for row in found["deliveries"]] == [(f"{SENTINEL}@example.org", activation.key)]
    assert "other" not in text
    entry = AuditEntry.objects.get(action="everything.read")
    assert (entry.actor_label, entry.target_id) == ("tom@example.com", left.person.pk)


def test_the_page_and_the_command_give_the_same_document(left: Traces, client: Client) -> None:
    address = f"/profiles/id/{left.person.pk}/everything.json"
    client.force_login(make_person("eve"))
    assert client.get(address).status_code == 403
    client.force_login(make_person("tom", sees_personal_data=True))
    answer = client.get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="profile-{left.person.pk}.json"'
    out = StringIO()
    call_command("export_profile", "p1", stdout=out)
    assert b"".join(answer.streaming_content).decode() == out.getvalue()  # type: ignore[attr-defined]  # of a stream
    with pytest.raises(CommandError, match="Nobody has this"):
        call_command("export_profile", "p2")
