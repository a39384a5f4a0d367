"""Every route × method × actor × own and foreign things, against the table of `policy_table` (TARGETS S1).

Beside the status each answer is searched for what only others may see, and each refusal must have written nothing.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Scope, Session, Token, User
from lib import clock
from profiles.models import Profile
from tests.api import policy_table, routes, world
from tests.api.policy_table import ROLES, Need
from tests.api.targets import NOWHERE, NUMBER, Target, targets
from tests.api.world import MEMBER, PERSONAL, Estate

pytestmark = pytest.mark.django_db(transaction=True)

FINE = frozenset({200, 201, 202, 204})
OUTSIDE_A_TRANSACTION = ("/preview", "/explain", "/timeline/", "/why/", "/plan", "/export", "/everything")
UNSEEN_WRITES = ("accounts_token", "accounts_session", "accounts_user")
"""Tables in which every request may write: when a token was last used, sessions, the last sign-in."""


@dataclass(frozen=True)
class Actor:
    """Somebody who asks. `scopes` None: in a session. `is_nobody`: whatever they send is not valid."""

    name: str
    client: Client
    user: User | None = None
    scopes: Collection[str] | None = None
    team: Estate | None = None
    role: str = ""
    is_nobody: bool = False

    @property
    def is_administrator(self) -> bool:
        return self.user is not None and self.user.is_superuser

    @property
    def sees_personal_data(self) -> bool:
        return self.user is not None and (self.user.is_superuser or self.user.sees_personal_data)

    def is_of(self, team: Estate | None) -> bool:
        return self.is_administrator or (team is not None and self.team is team)

    def has_role(self, least: str, team: Estate | None) -> bool:
        if self.is_administrator:
            return True
        return self.is_of(team) and ROLES.index(self.role) >= ROLES.index(least)

    def may(self, scopes: Collection[str]) -> bool:
        return self.scopes is None or any(scope in self.scopes for scope in scopes)


NAMES = (
    "anonymous",
    "expired token",
    "token of somebody switched off",
    "outsider",
    "viewer",
    "viewer who sees personal data",
    "editor",
    "approver",
    "team admin",
    "administrator",
    *(f"editor's token: {scope}" for scope in Scope.values),
    *(f"administrator's token: {scope}" for scope in Scope.values),
    "outsider's token: all",
)


@dataclass(frozen=True)
class World:
    own: Estate
    foreign: Estate
    actor: Actor


@pytest.fixture
def estates(db: None) -> tuple[Estate, Estate]:
    member = world.make_people()
    cast = {role: world.make_person(role) for role in ROLES}
    others = {role: world.make_person(f"other-{role}") for role in ROLES}
    return world.make_estate("own", cast, member), world.make_estate("foreign", others, member)


def actor_called(name: str, own: Estate) -> Actor:
    who, _, scope = name.partition("'s token: ")
    scopes = None if not scope else tuple(Scope.values) if scope == "all" else tuple(scope.split())
    if name == "anonymous":
        return Actor(name, Client(raise_request_exception=False), is_nobody=True)
    if name == "expired token":
        token, secret = world.token_of(own.people["admin"])
        Token.objects.filter(pk=token.pk).update(expires_at="2026-01-01T00:00:00Z")
        return Actor(name, _bearer(secret), is_nobody=True)
    if name == "token of somebody switched off":
        _, secret = world.token_of(own.people["approver"])
        User.objects.filter(pk=own.people["approver"].pk).update(is_active=False)
        return Actor(name, _bearer(secret), is_nobody=True)
    user, team, role = _person(who, own, with_personal_data=bool(scope))
    client = world.session_of(user) if scopes is None else world.program_of(user, scopes)
    return Actor(name, client, user, scopes, team, role)


def _person(who: str, own: Estate, *, with_personal_data: bool) -> tuple[User, Estate | None, str]:
    if who == "administrator":
        return world.make_person("administrator", administrator=True), None, ""
    if who == "outsider":
        return world.make_person("outsider"), None, ""
    role = {"team admin": "admin", "viewer who sees personal data": "viewer"}.get(who, who)
    user = own.people[role]
    if with_personal_data or "personal" in who:
        user.sees_personal_data = True
        user.save()
    return user, own, role


def _bearer(secret: str) -> Client:
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})


def expected(actor: Actor, need: Need, target: Target) -> frozenset[int]:
    """The statuses that the table allows."""
    if actor.is_nobody:
        return frozenset({401})
    refused = (
        not actor.may(need.scopes)
        or (need.personal and not actor.sees_personal_data)
        or (need.who == "administrator" and not actor.is_administrator)
    )
    if refused:
        return frozenset({403})
    if target.is_hidden and not actor.is_of(target.team):
        return frozenset({404})
    is_short = need.who in ROLES and not actor.has_role(need.who, target.team)
    if target.is_missing:
        return frozenset({403, 404}) if is_short else frozenset({404})
    if is_short and "members" in need.route and "teams" in need.route:
        return frozenset({403})
    if target.refers_to is not None and (is_short or not actor.is_of(target.refers_to)):
        return frozenset({400, 403}) if is_short else frozenset({400})
    if target.refers_to is not None and not actor.may(["read"]):
        return FINE | target.also | {403}  # one that may only write does not look at drafts
    return frozenset({403}) if is_short else FINE | target.also


def read(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def leaks(actor: Actor, body: str, estates: tuple[Estate, Estate]) -> list[str]:
    """What the answer holds and this actor must not see."""
    found = [estate.secret for estate in estates if estate.secret in body and not actor.is_of(estate)]
    shows_personal = actor.sees_personal_data and actor.may(["pii:read"])
    if PERSONAL in body and not shows_personal:
        found.append(PERSONAL)
    if MEMBER in body and not (actor.sees_personal_data and actor.may(["members:read", "pii:read"])):
        found.append(MEMBER)
    return found


def rows_written() -> int:
    """Rows that this connection has inserted, changed and deleted and not told the statistics of yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
            " WHERE relname <> ALL(%s)",
            [list(UNSEEN_WRITES)],
        )
        return int(cursor.fetchone()[0])


class Asked:
    """Sends requests that are rolled back, and collects what is wrong with the answers."""

    def __init__(self, actor: Actor, estates: tuple[Estate, Estate]) -> None:
        self.actor, self.estates, self.count, self.faults = actor, estates, 0, list[str]()

    def send(self, method: str, target: Target, allowed: frozenset[int], headers: dict[str, str] | None = None) -> None:
        self.count += 1
        if any(part in target.path for part in OUTSIDE_A_TRANSACTION):
            status, body, written = *self._answer(method, target, headers), 0
        else:
            with transaction.atomic():
                before = rows_written()
                status, body = self._answer(method, target, headers)
                written = rows_written() - before
                transaction.set_rollback(True)
        told = f"{self.actor.name}: {method} {target.path} {json.dumps(target.body)} -> {status}"
        if status not in allowed:
            self.faults.append(f"{told}, not {sorted(allowed)}: {' '.join(body.split())[:200]}")
        if status >= 400 and written:
            self.faults.append(f"{told} has written {written} rows")
        for leak in leaks(self.actor, body.replace(target.path, ""), self.estates):  # which the caller has said
            self.faults.append(f"{told} tells {leak!r}")

    def _answer(self, method: str, target: Target, headers: dict[str, str] | None) -> tuple[int, str]:
        sent = "" if target.body is None else json.dumps(target.body)
        answer = self.actor.client.generic(
            method, target.path, sent, content_type="application/json", headers={"If-Match": "*", **(headers or {})}
        )
        return answer.status_code, read(answer)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_gets_more_than_the_table_says(name: str, estates: tuple[Estate, Estate]) -> None:
    own, foreign = estates
    asked = Asked(actor_called(name, own), estates)
    for method, target, need, headers in _declared(asked.actor, own, foreign):
        asked.send(method, target, expected(asked.actor, need, target), headers)
    if asked.actor.scopes is None or name == "editor's token: read":  # the others differ in the table's lines only
        _send_the_rest(asked, own, foreign)
    assert not asked.faults, "\n".join(asked.faults)
    print(f"access matrix, {name}: {asked.count:,} requests, 0 leaks")


def _send_the_rest(asked: Asked, own: Estate, foreign: Estate) -> None:
    """HEAD, methods that a route does not have, pages and the admin site."""
    for target, need in _heads(asked.actor, own, foreign):
        asked.send("HEAD", target, expected(asked.actor, need, target))
    for method, path in _undeclared(asked.actor, own, foreign):
        asked.send(method, Target(path, {}), frozenset({401} if asked.actor.is_nobody else {405}))
    for method, target, allowed in _pages(asked.actor, own, foreign):
        asked.send(method, target, allowed)


def _declared(actor: Actor, own: Estate, foreign: Estate) -> Iterator[tuple[str, Target, Need, dict[str, str] | None]]:
    """Every line of the table with own and foreign things; streams too."""
    for (method, route), need in policy_table.needs().items():
        for estate, other in ((own, foreign), (foreign, own)):
            for target in _targets(method, route, estate, other, actor):
                yield method, target, need, None
                if need.scopes == ("members:read",) and method == "GET":
                    yield method, target, need, {"Accept": "text/csv, application/json;q=0.1"}
                    yield method, target, need, {"Accept": "application/x-ndjson, application/json;q=0.1"}


def _undeclared(actor: Actor, own: Estate, foreign: Estate) -> Iterator[tuple[str, str]]:
    """Every other method of every route of the API."""
    for route in sorted({route for _, route in policy_table.needs()}):
        path = next(iter(_targets("GET", route, own, foreign, actor))).path
        for method in (*routes.METHODS, "OPTIONS"):
            if (method, route) not in policy_table.needs():
                yield method, path


def _heads(actor: Actor, own: Estate, foreign: Estate) -> Iterator[tuple[Target, Need]]:
    """HEAD of everything that can be read, of the other team."""
    for (method, route), need in policy_table.needs().items():
        if method == "GET":
            yield next(iter(_targets(method, route, foreign, own, actor))), need


def _targets(method: str, route: str, estate: Estate, other: Estate, actor: Actor) -> Iterator[Target]:
    if "{session}" in route:
        yield Target(f"/{route.format(session=_session_of(estate.people['viewer']).public_id)}", is_missing=True)
        return
    if "{prefix}" not in route:
        yield from targets(method, route, estate, other)
        return
    token, _ = world.token_of(estate.people["viewer"])
    is_own = actor.is_administrator or (actor.user is not None and token.user_id == actor.user.pk)
    if route.startswith("api/"):
        yield Target(f"/{route.format(prefix=token.prefix)}", is_missing=not is_own)
    else:  # the page is for one's own tokens
        yield Target(f"/{route.format(prefix=token.prefix)}", is_missing=token.user_id != getattr(actor.user, "pk", 0))


def _session_of(user: User) -> Session:
    """Where somebody is signed in; only their own page knows of it."""
    now = clock.now()
    fresh = {"session_key": f"of-{user.pk}", "seen_at": now, "expire_date": now}
    return Session.objects.get_or_create(user=user, defaults=fresh)[0]


def _pages(actor: Actor, own: Estate, foreign: Estate) -> Iterator[tuple[str, Target, frozenset[int]]]:
    """Every page, and every page of the admin site; a token opens none of them."""
    is_signed_in = actor.user is not None and actor.scopes is None
    for route, who in policy_table.pages().items():
        for estate, other in ((own, foreign), (foreign, own)):
            if who == "unknown":
                yield "GET", Target("/api/v2/segments"), frozenset({401} if actor.is_nobody else {404})
                continue
            if who == "write-key":
                yield "POST", Target("/v1/track"), frozenset({400, 401})
                continue
            if who in ("personal", "administrator"):
                about = _about_customers if who == "personal" else _for_administrators
                yield from about(route, estate, actor, is_signed_in=is_signed_in)
                continue
            for target in _targets("GET", route, estate, other, actor):
                fine = (
                    frozenset({200, 286, 302, 403, 405, 503}) if who == "anybody" or is_signed_in else frozenset({302})
                )
                is_unseen = target.is_missing or (target.is_hidden and not actor.is_of(estate))
                if "changes" in route or route == "rules/values/":
                    fine |= {404}  # version 1 has none; values of no trait
                yield "GET", target, frozenset({404, 405}) if is_unseen and is_signed_in else fine
                if route != "sign-out/":  # which works
                    yield "POST", target, fine | {204, 302, 403, 404, 422}
    for path in _admin_paths(own, foreign):
        fine = (
            frozenset({200, 302, 403, 404, 405}) if actor.is_administrator and is_signed_in else frozenset({302, 403})
        )
        yield "GET", Target(path), fine
        yield "POST", Target(path), fine | {400, 405}


def _for_administrators(
    route: str, _estate: Estate, actor: Actor, *, is_signed_in: bool
) -> Iterator[tuple[str, Target, frozenset[int]]]:
    """A page for administrators only, about the one who is a member of everything, or about nothing."""
    target = Target(
        "/" + route.format(pk=Profile.objects.get(identities__value=MEMBER).pk, number=NUMBER, table=NOWHERE)
    )
    answers = {200, 404, 405} if actor.is_administrator else {403, 405}
    yield "GET", target, frozenset(answers if is_signed_in else {302})
    yield "POST", target, frozenset(answers | {302, 403} if is_signed_in else {302, 403})


def _about_customers(
    route: str, estate: Estate, actor: Actor, *, is_signed_in: bool
) -> Iterator[tuple[str, Target, frozenset[int]]]:
    """A page about customers, for the one who is a member of everything; of both segments of a team."""
    answers = {200, 400, 404, 405} if actor.sees_personal_data else {403, 404, 405}
    is_company = route.startswith("companies/")
    person = Profile.objects.get(identities__value=MEMBER)
    pk, external_id = (person.company_id, "company-1") if is_company else (person.pk, MEMBER)
    for key in (estate.live.key, estate.draft.key) if "{key}" in route else ("",):
        target = Target("/" + route.format(pk=pk, key=key, external_id=external_id, number=NUMBER))
        yield "GET", target, frozenset(answers if is_signed_in else {302})
        yield "POST", target, frozenset(answers | {302, 403, 422} if is_signed_in else {302, 403})


def _admin_paths(own: Estate, foreign: Estate) -> Iterator[str]:
    """Every route of the admin site with the things of both teams in it."""
    things = [row for estate in (own, foreign) for row in vars(estate).values() if hasattr(row, "_meta")]
    ids: dict[str, list[int]] = defaultdict(list)
    for row in things:
        ids[str(row._meta.model_name)].append(row.pk)
    for route in routes.page_routes():
        if route.startswith("admin/") and "(?P" not in route:
            numbers = next((ids[part] for part in route.split("/") if part in ids), [1]) if "{" in route else [1]
            for number in numbers:
                path = "/" + route.replace("{app_label}", "segments").replace("{url}", "nothing")
                yield (
                    path.replace("{object_id}", str(number))
                    .replace("{number}", str(number))
                    .replace("{content_type_id}", "1")
                )


def test_every_route_is_in_the_table_and_every_line_of_the_table_is_a_route() -> None:
    assert routes.api_methods() == set(policy_table.needs())
    pages = {route for route in routes.page_routes() if not route.startswith("admin/") or route == "admin/login/"}
    assert pages == set(policy_table.pages())


def test_only_administrators_enter_the_admin_site(estates: tuple[Estate, Estate]) -> None:
    client = world.session_of(estates[0].people["admin"])
    assert client.get(reverse("admin:index")).status_code in (302, 403)
