"""The addresses of the access matrix: each route with own and foreign things in every slot, query and field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from lib import clock
from profiles.models import TraitDefinition
from tests.api.world import MEMBER, RULE, Estate

DEFINITION = {"unit": "profile", "rule": RULE}
NOWHERE = "no-such-thing"
NUMBER = 987_654_321


@dataclass(frozen=True)
class Target:
    """One address to call. `team` owns it; `is_hidden`: only that team may know of it; `refers_to`: what the body
    names is of that team only; `also`: what else than success it may answer to those who may do it."""

    path: str
    body: Mapping[str, Any] | None = None
    team: Estate | None = None
    is_hidden: bool = False
    is_missing: bool = False
    refers_to: Estate | None = None
    also: frozenset[int] = field(default=frozenset())


def targets(method: str, route: str, estate: Estate, foreign: Estate) -> Iterator[Target]:
    """What to call of a route with the things of `estate`; `foreign` is the other team."""
    start = "/" + route + ("?dialect=postgres" if route.endswith("/sql") else "")
    for path, is_hidden, is_missing in _filled(start, estate, foreign):
        for body, refers_to in _bodies(method, route, estate, foreign):
            yield Target(
                path,
                body,
                team=_owner(route, estate),
                is_hidden=is_hidden,
                is_missing=is_missing,
                refers_to=refers_to,
                also=_also(method, route),
            )
    if method == "GET":
        for query in _queries(route, estate):
            yield Target(f"{start}?{query}", team=_owner(route, estate))


def _filled(path: str, estate: Estate, foreign: Estate) -> Iterator[tuple[str, bool, bool]]:
    """Path, whether only the team may know of it, whether there is nothing."""
    if "{" not in path:
        yield path, False, False
        return
    if "/versions/{number}" in path:
        for key, number, is_hidden in (
            (estate.live.key, 1, False),
            (estate.live.key, 2, True),
            (estate.draft.key, 1, True),
        ):
            yield path.format(key=key, number=number), is_hidden, False
        yield path.format(key=estate.live.key, number=NUMBER), False, True
    elif "/checks/{number}" in path:
        yield path.format(key=estate.live.key, number=estate.finding.pk), False, False
        yield path.format(key=estate.live.key, number=foreign.finding.pk), False, True
    elif "/members/{number}" in path:
        yield path.format(key=estate.team.key, number=estate.people["editor"].pk), False, False
        yield path.format(key=estate.team.key, number=foreign.people["editor"].pk), False, True
    elif "/segments/{key}" in path:
        yield path.format(key=estate.live.key), False, False
        yield path.format(key=estate.paused.key), False, False
        yield path.format(key=estate.draft.key), True, False
        yield path.format(key=NOWHERE), False, True
    elif "{external_id}" in path:
        who = "company-1" if "companies" in path else MEMBER
        yield path.format(external_id=who, channel="all"), False, False
        yield path.format(external_id=NOWHERE, channel="all"), False, True
    else:
        yield from _filled_by_name(path, estate)


def _filled_by_name(path: str, estate: Estate) -> Iterator[tuple[str, bool, bool]]:
    parts = path.strip("/").split("/")
    name = parts[2] if parts[0] == "api" else parts[0]
    if name in ("catalogue", "data"):
        if "/traits/" in path or "{kind}" in path:
            yield path.format(kind="traits", number=TraitDefinition.objects.get().pk), False, False
        yield path.format(kind="traits", number=NUMBER, key=NOWHERE), False, True
        return
    keys = {"teams": estate.team.key, "activations": estate.activation.key, "review": estate.live.key}
    if name in keys:
        yield path.format(key=keys[name]), False, False
        yield path.format(key=NOWHERE), False, True
        return
    numbers = {
        "runs": [(estate.run.pk, False), (estate.draft_run.pk, True)],
        "connections": [(estate.connection.pk, True), (estate.spare.pk, True)],
        "sync-runs": [(estate.sync_run.pk, False)],
        "imports": [(estate.waiting_import.pk, True)],
        "quarantine": [],
        "erasures": [],
        "retention": [],
    }
    for number, is_hidden in numbers[name]:
        yield path.format(number=number), is_hidden, False
    yield path.format(number=NUMBER, table=NOWHERE), False, True


def _owner(route: str, estate: Estate) -> Estate | None:
    nobodys = ("profiles", "companies", "memberships", "quarantine", "merges", "erasures", "operations", "retention")
    return None if any(part in route for part in nobodys) else estate


def _bodies(
    method: str, route: str, estate: Estate, foreign: Estate
) -> Iterator[tuple[Mapping[str, Any] | None, Estate | None]]:
    """Valid bodies, and of which team's own things they speak."""
    if method in ("GET", "DELETE"):
        yield None, None
        return
    name = route.removeprefix("api/v1/")
    mapping = [{"to": "id", "identifier": "external_id"}]
    new = {"key": "brand-new", "name": "New"}
    given: dict[str, list[tuple[Mapping[str, Any], Estate | None]]] = {
        "segments": [({**new, "team": estate.team.key, "owner": estate.people["viewer"].email}, None)],
        "segments/{key}": [({"name": "Renamed"}, None)],
        "segments/{key}/versions": [({"definition": DEFINITION}, None)],
        "segments/{key}/versions/{number}/reject": [({"reason": "Too wide."}, None)],
        "segments/{key}/versions/{number}/override": [({"reason": "Now."}, None)],
        "segments/{key}/versions/{number}/schedule": [({"at": "2099-01-01T00:00:00Z"}, None)],
        "segments/{key}/reviews": [({"decision": "keep"}, None)],
        "segments/{key}/checks/{number}/snooze": [
            ({"until": (clock.now() + timedelta(days=7)).isoformat(), "reason": "We know."}, None)
        ],
        "segments/preview": [({"definition": DEFINITION}, None)],
        "segments/explain": [({"definition": DEFINITION, "profile": MEMBER}, None)],
        "segments/{key}/explain": [({"profile": MEMBER, "version": 1}, None)],
        "segments/{key}/preview": [({"version": 1}, None)],
        "profiles/{external_id}/consent": [({"channels": {"email": "granted"}, "source": "form"}, None)],
        "profiles/{external_id}/suppressions": [({"reason": "No.", "source": "phone"}, None)],
        "erasures": [({"profile": NOWHERE}, None)],
        "retention/{table}": [({"days": 30}, None)],
        "memberships/check": [
            ({"ids": [MEMBER], "segments": [estate.live.key]}, None),
            ({"ids": [MEMBER], "segments": [estate.draft.key]}, estate),
        ],
        "connections": [({"team": estate.team.key, "kind": "files", "name": "New", "config": {"folder": "new"}}, None)],
        "connections/{number}": [({"name": "Renamed"}, None)],
        "activations": [
            ({**new, "segment": estate.live.key, "connection": estate.spare.pk, "columns": mapping}, estate),
            ({**new, "segment": estate.draft.key, "connection": estate.spare.pk, "columns": mapping}, estate),
            ({**new, "segment": foreign.live.key, "connection": estate.spare.pk, "columns": mapping}, estate),
            ({**new, "segment": foreign.draft.key, "connection": estate.spare.pk, "columns": mapping}, foreign),
        ],
        "activations/{key}": [
            ({"name": "Renamed"}, None),
            ({"connection": estate.spare.pk}, estate),
            ({"connection": foreign.spare.pk}, foreign),
            ({"segment": foreign.draft.key}, foreign),
        ],
        "imports": [({"team": estate.team.key, "kind": "profiles", "yes": True}, None)],
        "teams": [({**new, "key": f"{estate.team.key}-2"}, None)],
        "teams/{key}": [({"name": "Renamed"}, None)],
        "teams/{key}/members": [({"email": foreign.people["editor"].email, "role": "viewer"}, None)],
        "teams/{key}/members/{number}": [({"role": "viewer"}, None)],
        "quarantine/{number}/replay": [({"document": {}}, None)],
        "tokens": [({"name": "new", "scopes": ["admin"], "days": 1}, None)],
    }
    yield from given.get(name, [({}, None)])


def _queries(route: str, estate: Estate) -> list[str]:
    """Foreign things in every query."""
    return {
        "api/v1/segments": [
            f"team={estate.team.key}",
            f"q={estate.draft.key}",
            "q=secret",
            "state=draft",
            f"owner={estate.people['viewer'].email}",
            "health=draft&ordering=-members&limit=1",
        ],
        "api/v1/activations": [f"segment={estate.live.key}", f"segment={estate.draft.key}", "state=active"],
        "api/v1/sync-runs": [f"activation={estate.activation.key}", "state=waiting"],
        "api/v1/overlap": [
            f"segment={estate.live.key}&segment={estate.paused.key}",
        ],
        "api/v1/imports": [f"team={estate.team.key}", "kind=profiles&state=waiting"],
        "api/v1/audit": [f"team={estate.team.key}", f"target={estate.draft.key}", "action=segment.create"],
        "activations/new/": [f"segment={estate.live.key}"],
        "activations/new/sample/": [
            f"segment={estate.live.key}",
            f"segment={estate.live.key}&activation={estate.activation.key}",
        ],
        "connections/new/": ["kind=files", "kind=webhook"],
        "audit/": [f"team={estate.team.key}", f"target={estate.draft.key}", "action=segment.create"],
        "audit/file/": [f"team={estate.team.key}"],
        "activations/": [f"team={estate.team.key}", "q=secret", "view=attention", "kind=files&state=waiting"],
        "segments/": [f"team={estate.team.key}", "q=secret", "state=draft", "view=unused"],
    }.get(route, [])


def _also(method: str, route: str) -> frozenset[int]:
    """Refusals that the state of things gives to those who may: nothing to resume, no run to confirm, in use."""
    states = ("pause", "resume", "retire", "recompute", "sync", "confirm", "cancel", "test", "retry")
    reviews = ("propose", "approve", "reject", "publish", "schedule", "override")
    if (method, route) == ("POST", "api/v1/erasures"):
        return frozenset({400})  # nobody is erased here
    if route == "api/v1/overlap":
        return frozenset({400})  # it asks which ones
    if route.endswith("/rejects"):
        return frozenset({404})  # it is not over
    if route.rsplit("/", 1)[-1] in (*states, *reviews, "accept") or method == "DELETE":
        return frozenset({400, 409})
    if route.endswith(("/sql", "/preview", "/explain", "/members", "/plan")):
        return frozenset({400, 404, 422})  # a draft has no version in force
    return frozenset({400}) if "activations" in route and method in ("POST", "PATCH") else frozenset()
