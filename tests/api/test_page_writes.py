"""Every POST of every page, filled in as somebody would who may do it: a refusal says so, and has changed nothing.

A redirect is the answer to what was done and to what was refused alike, so the status alone tells nothing: the rows
that were written do. Who may not do it is answered 403 or 404, or is sent to sign in.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.utils import timezone

from profiles.models import Source, TraitDefinition
from tests.api import policy_table
from tests.api.policy_table import ROLES
from tests.api.test_access_matrix import Actor, actor_called, rows_written
from tests.api.world import Estate, make_estate, make_people, make_person

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = (
    "anonymous", "outsider", "viewer", "viewer who sees personal data", "editor", "approver", "team admin",
    "administrator",
)  # fmt: skip
DEFINITION = json.dumps({"unit": "profile", "rule": {"everyone": True}})
CONTRACT = {"decision": "They get a nudge.", "review_on": "2100-01-01", "freshness": "3600", "definition": DEFINITION}
MEMBER = "teams/{team.key}/members/{viewer.pk}"
DRAFT, NEXT = "segments/{draft.key}", "segments/{live.key}/versions/2"


def in_two_days() -> str:
    return f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}"


Form = Callable[[Estate], Mapping[str, Any]]
WRITES: dict[str, tuple[str, str, Form]] = {
    "segments/new/": ("editor", "segments/new/", lambda estate: {
        "name": "New", "key": "brand-new", "team": estate.team.pk, "unit": "profile", "action": "save",
        "owner": estate.people["viewer"].pk, **CONTRACT,
    }),
    "segments/new/draft/": ("own", "segments/new/draft/", lambda _: {"name": "New"}),
    "segments/{key}/draft/": ("editor", "segments/{live.key}/draft/", lambda _: {"name": "New"}),
    "segments/{key}/edit/": ("editor", DRAFT + "/edit/", lambda estate: {
        "name": "New", "owner": estate.people["viewer"].pk, "base": "1", "action": "save", **CONTRACT,
    }),
    "segments/{key}/versions/{number}/again/": ("editor", "segments/{live.key}/versions/1/again/", lambda _: {}),
    "segments/{key}/versions/{number}/propose/": ("editor", NEXT + "/propose/", lambda _: {}),
    "segments/{key}/versions/{number}/publish/": ("editor", NEXT + "/publish/", lambda _: {}),
    "segments/{key}/versions/{number}/schedule/": ("editor", NEXT + "/schedule/", lambda _: {"at": in_two_days()}),
    "segments/{key}/recompute/": ("editor", "segments/{live.key}/recompute/", lambda _: {}),
    "segments/{key}/pause/": ("editor", "segments/{live.key}/pause/", lambda _: {}),
    "segments/{key}/resume/": ("editor", "segments/{paused.key}/resume/", lambda _: {}),
    "segments/{key}/retire/": ("approver", "segments/{paused.key}/retire/", lambda _: {}),
    "segments/{key}/checks/{number}/snooze/": ("editor", "segments/{live.key}/checks/{finding.pk}/snooze/", lambda _: {
        "days": "7", "reason": "It is a test.",
    }),
    "activations/new/": ("editor", "activations/new/?segment={live.key}", lambda estate: {
        "connection": estate.spare.pk, "name": "New", "key": "brand-new", "sent": ["identifier:email"],
        "to:identifier:email": "Mail", "match": "identifier:email", "purpose": "outreach",
        "channel": "", "holdout": "0", "mode": "mirror", "schedule": "manual",
        "interval": "3600", "timezone": "UTC", "removal_limit": "20",
    }),
    "activations/{key}/pause/": ("editor", "activations/{activation.key}/pause/", lambda _: {}),
    "activations/{key}/sync/": ("editor", "activations/{activation.key}/sync/", lambda _: {}),
    "activations/{key}/delete/": ("editor", "activations/{activation.key}/delete/", lambda _: {}),
    "sync-runs/{number}/cancel/": ("editor", "sync-runs/{sync_run.pk}/cancel/", lambda _: {}),
    "sync-runs/{number}/confirm/": ("editor", "sync-runs/{sync_run.pk}/confirm/", lambda _: {"removals": "1"}),
    "connections/new/": ("editor", "connections/new/?kind=files", lambda estate: {
        "team": estate.team.pk, "name": "New", "config_folder": "new", "config_compression": "none",
        "config_newline": "lf",
    }),
    "connections/{number}/": ("editor", "connections/{spare.pk}/", lambda _: {
        "name": "Renamed", "config_folder": "new", "config_compression": "none", "config_newline": "lf",
    }),
    "connections/{number}/test/": ("editor", "connections/{spare.pk}/test/", lambda _: {}),
    "connections/{number}/delete/": ("editor", "connections/{spare.pk}/delete/", lambda _: {}),
    "teams/{key}/": ("admin", "teams/{team.key}/", lambda _: {"name": "Renamed", "colour": "#112233"}),
    "teams/{key}/members/": ("admin", "teams/{team.key}/members/", lambda _: {
        "email": "newcomer@example.com", "role": "viewer",
    }),
    "teams/{key}/members/{number}/role/": ("admin", MEMBER + "/role/", lambda _: {"role": "approver"}),
    "teams/{key}/members/{number}/remove/": ("admin", MEMBER + "/remove/", lambda _: {}),
    "teams/{key}/members/{number}/permission/": ("administrator", MEMBER + "/permission/", lambda _: {"allowed": "1"}),
    "segments/{key}/versions/{number}/approve/": ("approver", NEXT + "/approve/", lambda _: {}),
    "segments/{key}/versions/{number}/reject/": ("approver", NEXT + "/reject/", lambda _: {"reason": "Too wide."}),
    "segments/{key}/versions/{number}/unschedule/": ("editor", NEXT + "/unschedule/", lambda _: {}),
    "segments/{key}/versions/{number}/override/": ("administrator", NEXT + "/override/", lambda _: {"reason": "Now."}),
    "segments/{key}/checks/{number}/wake/": ("editor", "segments/{live.key}/checks/{finding.pk}/wake/", lambda _: {}),
    "activations/{key}/resume/": ("editor", "activations/{activation.key}/resume/", lambda _: {}),
    "activations/{key}/retry/": ("editor", "activations/{activation.key}/retry/", lambda _: {}),
    "activations/{key}/test/": ("editor", "activations/{activation.key}/test/", lambda _: {}),
    "review/{key}/decide/": ("editor", "review/{live.key}/decide/", lambda _: {"decision": "keep"}),
    "data/{kind}/{number}/": ("administrator", "data/traits/{plan.pk}/", lambda _: {"description": "What they pay."}),
    "data/{kind}/{number}/hide/": ("administrator", "data/traits/{plan.pk}/hide/", lambda _: {}),
    "data/{kind}/{number}/remove/": ("administrator", "data/traits/{unused.pk}/remove/", lambda _: {}),
    "data/sources/{key}/": ("administrator", "data/sources/shop/", lambda _: {"name": "The shop"}),
    "account/": ("own", "account/", lambda _: {"name": "New name", "email": "new-address@example.com"}),
    "tokens/": ("own", "tokens/", lambda _: {"name": "New", "scopes": ["read"], "days": "90"}),
}  # fmt: skip
"""Route → who may, the address with things of a team, and what is filled in."""

WRITE_NOTHING = {
    "", "segments/", "segment-sizes/", "segments/{key}/", "segments/{key}/versions/{number}/outline/",
    "segments/{key}/versions/{number}/changes/", "segments/{key}/versions/{number}/plan/",
    "segments/{key}/versions/{number}/", "segments/{key}/runs/",
    "segments/{key}/versions/", "segments/{key}/activations/", "segments/{key}/audit/", "segments/{key}/members/",
    "segments/{key}/progress/", "review/approvals/",
    "rules/preview/", "rules/values/", "jsi18n/", "activations/",
    "activations/new/sample/", "activations/{key}/", "sync-runs/{number}/", "teams/{key}/connections/", "audit/",
    "audit/file/", "api/v1/reference/", "choose-team/", "overlap/", "review/", "data/", "data/new/",
    "healthz", "favicon.ico",
}  # fmt: skip
"""Pages that only show something, or that keep something in the session."""
CHOOSES = {"segments/new/", "activations/new/", "connections/new/"}
"""Whose team is a field of the form: where it is not among one's own, the form says so."""
ELSEWHERE = {
    "sign-in/", "sign-out/", "password/", "admin/login/", "tokens/{prefix}/revoke/", "activations/{key}/edit/",
    "account/sessions/end/", "account/sessions/{session}/end/",
}  # fmt: skip
"""What needs a password, or a thing of one person: tests of their own say who may."""
NOT_NOW = {
    "segments/{key}/versions/{number}/approve/", "segments/{key}/versions/{number}/reject/",
    "segments/{key}/versions/{number}/unschedule/", "segments/{key}/versions/{number}/override/",
    "segments/{key}/checks/{number}/wake/", "activations/{key}/retry/",
    "activations/{key}/test/",
}  # fmt: skip
"""What the estates' state refuses to those who may, too."""


@pytest.fixture
def estates(db: None) -> tuple[Estate, Estate]:
    member = make_people()
    make_person("newcomer")
    TraitDefinition.objects.create(unit="profile", key="unused", type="text", column="unused")
    Source.objects.create(key="shop", name="Shop")
    cast, others = ({role: make_person(f"{prefix}{role}") for role in ROLES} for prefix in ("", "other-"))
    return make_estate("own", cast, member), make_estate("foreign", others, member)


def may(actor: Actor, who: str, estate: Estate) -> bool:
    if who == "own" and actor.user is not None:
        return True
    if who == "administrator" or actor.is_administrator or actor.user is None:
        return actor.is_administrator
    return actor.has_role(who, estate)


def refusal(actor: Actor, route: str, answer: Any) -> str:
    """Why this is no clear refusal; empty for one."""
    if actor.user is None:
        is_sent_away = answer.status_code == 302 and answer["Location"].startswith(resolve_url(settings.LOGIN_URL))
        return "" if is_sent_away else f"{answer.status_code}, not the page to sign in"
    clear = {403, 404, 200, 422} if route in CHOOSES else {403, 404}
    return "" if answer.status_code in clear else f"{answer.status_code}, not {sorted(clear)}"


def posts(actor: Actor, estate: Estate) -> Iterator[tuple[str, str, Any, int]]:
    """Fill in every form for the things of a team; each is rolled back. Route, address, answer, rows written."""
    others = {trait.key: trait for trait in TraitDefinition.objects.all()}
    for route, (_, address, form) in WRITES.items():
        path = "/" + address.format(**vars(estate), **others, viewer=estate.people["viewer"])
        with transaction.atomic():
            before = rows_written()
            answer = actor.client.post(path, form(estate))
            written = rows_written() - before
            transaction.set_rollback(True)
        yield route, path, answer, written


@pytest.mark.parametrize("name", NAMES)
def test_who_may_not_is_told_so_and_has_changed_nothing(
    name: str, estates: tuple[Estate, Estate], printed: Callable[[str], None]
) -> None:
    actor, faults, refused, done = actor_called(name, estates[0]), [], 0, set()
    for estate in estates:
        for route, path, answer, written in posts(actor, estate):
            if may(actor, WRITES[route][0], estate):
                done |= {route} if written or route in ("account/", "tokens/") else set()
                continue
            refused += 1
            if wrong := refusal(actor, route, answer):
                faults.append(f"{path} -> {wrong}")
            if written:
                faults.append(f"{path} -> {answer.status_code} has written {written} rows")
    assert not faults, "\n".join(faults)
    if actor.is_administrator:
        assert done == set(WRITES) - NOT_NOW, "what nobody can do proves nothing about those who may not"
    printed(f"forms of pages, {name}: {refused} refused, 0 of them with a change; {len(done)} done")


def test_every_page_is_looked_at_here_or_elsewhere() -> None:
    routes = {route for route, who in policy_table.pages().items() if who in ("signed-in", "anybody")}
    assert routes == set(WRITES) | WRITE_NOTHING | ELSEWHERE
