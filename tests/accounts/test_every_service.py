"""A walk over all services: each takes an actor by keyword, and each that is done leaves exactly one audit entry."""

import base64
import inspect
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import override_settings

import accounts.services
import activations.services
import profiles.imports.services
import profiles.services
import segments.services
from accounts.actors import INSTALLATION, Actor
from accounts.models import AuditEntry, Role, Session
from activations.models import Delivery, SyncRun
from lib import clock
from profiles.models import EventProperty, EventType, Import, QuarantinedEvent, Source, TraitDefinition
from segments.models import CheckFinding, Run, SegmentVersion
from segments.services.contract import contract_of
from tests.accounts.cast import make_administrator, make_person, make_team, make_token
from tests.activations import building
from tests.segments import data

pytestmark = pytest.mark.django_db

MODULES: tuple[ModuleType, ...] = (
    accounts.services,
    profiles.services,
    profiles.imports.services,
    segments.services,
    activations.services,
)
RULE = {"everyone": True}
Done = Callable[[Actor], object]


def names(module: ModuleType) -> list[str]:
    """The public functions of a module of services that take part in writing."""
    given = [name for name in getattr(module, "__all__", ()) if name[0].islower()] or [
        name for name, part in vars(module).items() if inspect.isfunction(part) and part.__module__ == module.__name__
    ]
    return [name for name in given if not name.startswith("_") and name not in READING]


READING = {"checked"}
"""Services that read a document and write nothing."""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_service_takes_its_arguments_by_keyword_and_an_actor_without_default(module: ModuleType) -> None:
    for name in names(module):
        parameters = inspect.signature(getattr(module, name)).parameters
        kinds = {parameter.kind for parameter in parameters.values()}
        assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}, name
        assert parameters["actor"].annotation is Actor, name
        assert parameters["actor"].default is inspect.Parameter.empty, name


def a_secret(letter: bytes) -> str:
    """A signing secret of webhooks."""
    return "whsec_" + base64.b64encode(letter * 32).decode()


def _accounts() -> dict[str, Done]:
    services = accounts.services
    team, tom, off = make_team(), make_person("tom"), make_person("off", is_active=False)
    member = make_person("member", team, Role.VIEWER)
    second, (token, _) = make_administrator("second"), make_token(tom)
    session = Session.objects.create(session_key="k" * 32, user=tom, seen_at=clock.now(), expire_date=clock.now())
    end = clock.now() + timedelta(days=1)
    return {
        "activate_user": lambda actor: services.activate_user(actor=actor, user=off),
        "end_other_sessions": lambda actor: services.end_other_sessions(actor=actor, user=tom, kept=""),
        "end_session": lambda actor: services.end_session(actor=actor, session=session),
        "change_team": lambda actor: services.change_team(
            actor=actor, team=team, name="New", colour="#000000", four_eyes=False
        ),
        "change_user": lambda actor: services.change_user(actor=actor, user=tom, email="tom@example.com", name="Tom"),
        "create_team": lambda actor: services.create_team(actor=actor, key="new", name="New"),
        "create_token": lambda actor: services.create_token(
            actor=actor, user=tom, name="x", scopes=["read"], expires_at=end
        ),
        "create_user": lambda actor: services.create_user(actor=actor, email="new@example.com"),
        "deactivate_user": lambda actor: services.deactivate_user(actor=actor, user=tom),
        "make_administrator": lambda actor: services.make_administrator(actor=actor, email="boss@example.com"),
        "remove_member": lambda actor: services.remove_member(actor=actor, team=team, user=member),
        "revoke_token": lambda actor: services.revoke_token(actor=actor, token=token),
        "set_administrator": lambda actor: services.set_administrator(actor=actor, user=second, administrator=False),
        "set_password": lambda actor: services.set_password(actor=actor, user=tom, password="words for a new door"),
        "set_personal_data_permission": lambda actor: services.set_personal_data_permission(
            actor=actor, user=tom, allowed=True
        ),
        "set_role": lambda actor: services.set_role(actor=actor, team=team, user=tom, role=Role.EDITOR),
    }


def _profiles() -> dict[str, Done]:
    services = profiles.services
    trait = TraitDefinition.objects.create(unit="profile", key="plan", type="text", column="plan")
    event = EventType.objects.create(name="Log in", table="log_in")
    event_property = EventProperty.objects.create(event_type=event, key="device", type="text", column="device")
    source = Source.objects.create(key="shop", name="Shop")
    team, person = make_team("trying"), data.make_profile("tried")
    waiting = QuarantinedEvent.objects.create(hash=uuid4(), source=source, document="{}", received_at=clock.now())
    ann, told = data.make_profile("ann"), {"reason": "They asked.", "source": "phone"}
    services.suppress(actor=INSTALLATION, profile=ann, channel="sms", **told)
    return {
        "change_source": lambda actor: services.change_source(actor=actor, source=source, name="The shop"),
        "create_source": lambda actor: services.create_source(actor=actor, key="crm", name="CRM"),
        "discard_event": lambda actor: services.discard_event(actor=actor, event=waiting),
        "replay_event": lambda actor: services.replay_event(
            actor=actor, event=waiting, document={"type": "track", "event": "Log in", "userId": "u1"}
        ),
        "send_test_event": lambda actor: services.send_test_event(
            actor=actor, team=team, profile=person, event_type=event, properties={"device": "phone"}
        ),
        "disable_source": lambda actor: services.disable_source(actor=actor, source=source),
        "enable_source": lambda actor: services.enable_source(actor=actor, source=source),
        "hide_entry": lambda actor: services.hide_entry(actor=actor, entry=event_property),
        "issue_write_key": lambda actor: services.issue_write_key(actor=actor, source=source),
        "remove_entry": lambda actor: services.remove_entry(actor=actor, entry=event_property),
        "describe_event_type": lambda actor: services.describe_event_type(
            actor=actor, event_type=event, label="Log-in", description=""
        ),
        "describe_property": lambda actor: services.describe_property(
            actor=actor, event_property=event_property, label="Device"
        ),
        "describe_trait": lambda actor: services.describe_trait(
            actor=actor, trait=trait, label="Plan", description="What they pay for."
        ),
        "keep_events": lambda actor: services.keep_events(actor=actor, event_type=event, days=30),
        "erase": lambda actor: services.erase(actor=actor, profile=ann),
        "lift_suppression": lambda actor: services.lift_suppression(actor=actor, profile=ann, channel="sms", **told),
        "record_consents": lambda actor: services.record_consents(
            actor=actor, source=source, said=[(ann.pk, "email", "granted")]
        ),
        "set_consent": lambda actor: services.set_consent(
            actor=actor, profile=ann, states={"email": "granted"}, source="phone"
        ),
        "suppress": lambda actor: services.suppress(actor=actor, profile=ann, channel="all", **told),
    }


def _imports() -> dict[str, Done]:
    services, team = profiles.imports.services, make_team("importing")
    row, asking = (Import.objects.create(team=team, kind="profiles") for _ in range(2))
    Import.objects.filter(pk=asking.pk).update(size=9, additions=[{"kind": "event", "name": "x"}])
    return {
        "accept_additions": lambda actor: services.accept_additions(actor=actor, row=asking),
        "attach_file": lambda actor: services.attach_file(actor=actor, row=row, stream=io.BytesIO(b"id\n1\n"), size=5),
        "cancel_import": lambda actor: services.cancel_import(actor=actor, row=row),
        "create_import": lambda actor: services.create_import(actor=actor, team=team, kind="events", given={}),
    }


def _segments() -> dict[str, Done]:
    services, team = segments.services, make_team("segments")
    draft, live = data.make_segment("draft", team), data.live_segment("live", team, RULE)
    paused = data.live_segment("paused", team, RULE)
    services.pause(actor=INSTALLATION, segment=paused)
    version = data.save(draft, RULE)
    proposed, timed = (data.save(data.make_segment(key, team), RULE) for key in ("proposed", "timed"))
    strict = data.save(data.make_segment("strict", make_team("strict", four_eyes=True)), RULE)
    services.propose(actor=INSTALLATION, version=proposed)
    SegmentVersion.objects.filter(pk=timed.pk).update(publish_at=clock.now(), publish_by=live.owner)
    definition = {"unit": "profile", "rule": {"not": RULE}}
    told: dict[str, Any] = {"severity": "warn", "segment": live, "evidence": "Three.", "next_step": "Mend it."}
    standing, snoozed = (CheckFinding.objects.create(check_key=key, **told) for key in ("standing", "snoozed"))
    CheckFinding.objects.filter(pk=snoozed.pk).update(snoozed_until=clock.now() + timedelta(days=1))
    snoozed.refresh_from_db()
    contract = contract_of(live) | {"name": "New name", "review_on": date(2100, 1, 2)}
    return {
        "approve": lambda actor: services.approve(actor=actor, version=proposed),
        "cancel_publication": lambda actor: services.cancel_publication(actor=actor, version=timed),
        "change_contract": lambda actor: services.change_contract(actor=actor, segment=live, **contract),
        "create_segment": lambda actor: services.create_segment(
            actor=actor, key="fresh", name="New", team=team, unit="profile"
        ),
        "decide_review": lambda actor: services.decide_review(actor=actor, segment=live, decision="keep"),
        "drop_draft": lambda actor: services.drop_draft(actor=actor, segment=live),
        "fail_publication": lambda actor: services.fail_publication(actor=actor, version=timed, why="Refused."),
        "keep_draft": lambda actor: services.keep_draft(actor=actor, segment=live, fields={"name": "Live"}),
        "pause": lambda actor: services.pause(actor=actor, segment=live),
        "propose": lambda actor: services.propose(actor=actor, version=version),
        "publish": lambda actor: services.publish(actor=actor, version=version),
        "publish_scheduled": lambda actor: services.publish_scheduled(actor=actor, version=timed),
        "publish_unapproved": lambda actor: services.publish_unapproved(actor=actor, version=strict, reason="Now."),
        "reject": lambda actor: services.reject(actor=actor, version=proposed, reason="Too wide."),
        "request_recompute": lambda actor: services.request_recompute(actor=actor, segment=live),
        "resume": lambda actor: services.resume(actor=actor, segment=paused),
        "retire": lambda actor: services.retire(actor=actor, segment=live),
        "save_version": lambda actor: services.save_version(actor=actor, segment=live, definition=definition),
        "schedule_publication": lambda actor: services.schedule_publication(
            actor=actor, version=version, at=clock.now() + timedelta(days=1)
        ),
        "snooze_finding": lambda actor: services.snooze_finding(
            actor=actor, finding=standing, until=clock.now() + timedelta(days=1), reason="We know."
        ),
        "wake_finding": lambda actor: services.wake_finding(actor=actor, finding=snoozed),
    }


def _activations() -> dict[str, Done]:
    services = activations.services
    building.traits(plan="text")
    segment, free = building.a_segment(), building.a_connection(name="Free")
    building.has_members(segment, [1, 2])
    active = building.an_activation(segment)
    waiting_for = building.an_activation(segment, active.connection, key="waiting")
    run = SyncRun.objects.create(
        activation=waiting_for, trigger="manual", state=SyncRun.State.WAITING, removals_planned=3
    )
    refused = building.an_activation(segment, active.connection, key="refused")
    Delivery.objects.create(activation=refused, member=1, key="a", payload_hash=1, state="rejected", reason="Fake.")
    config = {"folder": "elsewhere", "compression": "none", "newline": "lf"}
    hook = {"url": "https://example.com/hook", "secret": a_secret(b"a")}
    services.create_connection(actor=INSTALLATION, team=building.a_team(), kind="webhook", name="Hook", config=hook)

    def rotate(actor: Actor) -> None:
        keys = [base64.urlsafe_b64encode(b"n" * 32).decode(), *settings.REGISTRY_SECRET_KEYS]
        with override_settings(REGISTRY_SECRET_KEYS=keys):
            services.rotate_secrets(actor=actor)

    return {
        "cancel_sync": lambda actor: services.cancel_sync(actor=actor, run=run),
        "confirm_removal": lambda actor: services.confirm_removal(actor=actor, run=run),
        "create_activation": lambda actor: services.create_activation(
            actor=actor, key="new", name="New", segment=segment, connection=free, columns=building.COLUMNS
        ),
        "create_connection": lambda actor: services.create_connection(
            actor=actor, team=building.a_team(), kind="files", name="New", config=config
        ),
        "delete_activation": lambda actor: services.delete_activation(actor=actor, activation=active),
        "delete_connection": lambda actor: services.delete_connection(actor=actor, connection=free),
        "pause": lambda actor: services.pause(actor=actor, activation=active),
        "request_sync": lambda actor: services.request_sync(actor=actor, activation=active),
        "request_test": lambda actor: services.request_test(actor=actor, activation=active),
        "resume": lambda actor: services.resume(actor=actor, activation=active),
        "retry_rejected": lambda actor: services.retry_rejected(actor=actor, activation=refused),
        "rotate_secrets": rotate,
        "test_connection": lambda actor: services.test_connection(actor=actor, connection=free),
        "update_activation": lambda actor: services.update_activation(actor=actor, activation=active, name="Other"),
        "update_connection": lambda actor: services.update_connection(
            actor=actor, connection=free, name="Freed", config=config
        ),
    }


WALKS: dict[str, Callable[[], dict[str, Done]]] = {
    "accounts.services": _accounts,
    "profiles.services": _profiles,
    "profiles.imports.services": _imports,
    "segments.services": _segments,
    "activations.services": _activations,
}
PRIVATE = {"drop_draft", "keep_draft"}
"""Services that write what nobody but their actor ever sees, and from which nothing follows."""
EVERY = [(module.__name__, name) for module in MODULES for name in names(module)]


@pytest.mark.parametrize(("module", "name"), [each for each in EVERY if each[1] not in PRIVATE])
def test_what_a_service_does_is_one_entry_in_the_audit_log(module: str, name: str) -> None:
    done, actor = WALKS[module]()[name], Actor(make_administrator(), address="192.0.2.7")
    before = AuditEntry.objects.count()

    done(actor)

    entry = AuditEntry.objects.first()
    assert entry is not None
    assert AuditEntry.objects.count() == before + 1
    assert (entry.actor_label, entry.address) == ("administrator@example.com", "192.0.2.7")
    assert "." in entry.action
    assert entry.target_kind
    assert entry.target_key or (entry.target_kind == "profile" and entry.target_id)


@pytest.mark.parametrize(("module", "name"), EVERY)
def test_a_service_refuses_somebody_of_no_team_and_changes_nothing(module: str, name: str) -> None:
    done, outsider = WALKS[module]()[name], Actor(make_person("outsider", make_team("elsewhere"), Role.ADMIN))
    before = (AuditEntry.objects.count(), SegmentVersion.objects.count(), Run.objects.count(), Delivery.objects.count())
    with pytest.raises(PermissionDenied):
        done(outsider)
    after = (AuditEntry.objects.count(), SegmentVersion.objects.count(), Run.objects.count(), Delivery.objects.count())
    assert after == before


def test_the_audit_log_of_a_connection_holds_no_secret() -> None:
    first, second = a_secret(b"a"), a_secret(b"b")
    services, config = activations.services, {"url": "https://example.com/hook", "secret": first}
    connection = services.create_connection(
        actor=INSTALLATION, team=building.a_team(), kind="webhook", name="Hook", config=config
    )
    services.update_connection(
        actor=INSTALLATION, connection=connection, name="Hook", config=config | {"secret": second}
    )
    services.delete_connection(actor=INSTALLATION, connection=connection)
    deleted, changed, created = AuditEntry.objects.all()
    assert (changed.before, changed.after) == ({"config.secret": "…"}, {"config.secret": "…"})
    assert (created.after or {})["config.secret"] == (deleted.before or {})["config.secret"] == "…"
    stored = connection.secrets["secret"]
    for kept in (first, second, stored):
        assert kept not in json.dumps(list(AuditEntry.objects.values("before", "after")), ensure_ascii=False)
