"""What each address is for, and for whom: the policy as people were promised it, written down beside the code.

A line is a method, a route of the URL table, and what it needs:

* a scope of tokens: `read`, `write`, `members:read`, `pii:read`, `admin`;
* who, of the team whose thing it is: `anybody` (of the staff), or the least role;
* `personal`: the permission to see personal data as well.

What is only for a team (drafts, connections) answers 404 to others: the targets of `tests/api/targets.py` say so.
"""

from dataclasses import dataclass

TABLE = """
GET    api/v1/schema/                                         read          anybody
GET    api/v1/me                                              read          anybody
GET    api/v1/tokens                                          read          anybody
POST   api/v1/tokens                                          admin         anybody
DELETE api/v1/tokens/{prefix}                                 admin         anybody
GET    api/v1/teams                                           read          anybody
POST   api/v1/teams                                           admin         administrator
GET    api/v1/teams/{key}                                     read          anybody
PATCH  api/v1/teams/{key}                                     write|admin   admin
GET    api/v1/teams/{key}/members                             read          viewer
POST   api/v1/teams/{key}/members                             write|admin   admin
PUT    api/v1/teams/{key}/members/{number}                    write|admin   admin
DELETE api/v1/teams/{key}/members/{number}                    write|admin   admin
GET    api/v1/audit                                           read          anybody
GET    api/v1/catalogue                                       read          anybody
GET    api/v1/catalogue/traits/{number}                       read          anybody
PATCH  api/v1/catalogue/traits/{number}                       admin         administrator
DELETE api/v1/catalogue/traits/{number}                       admin         administrator
GET    api/v1/catalogue/events/{number}                       read          anybody
PATCH  api/v1/catalogue/events/{number}                       admin         administrator
DELETE api/v1/catalogue/events/{number}                       admin         administrator
GET    api/v1/catalogue/properties/{number}                   read          anybody
PATCH  api/v1/catalogue/properties/{number}                   admin         administrator
DELETE api/v1/catalogue/properties/{number}                   admin         administrator
PATCH  api/v1/catalogue/sources/{key}                         admin         administrator
GET    api/v1/data-map                                        read          anybody
GET    api/v1/companies                                       pii:read      anybody personal
GET    api/v1/companies/{external_id}                         pii:read      anybody personal
GET    api/v1/retention                                       admin         administrator
GET    api/v1/retention/{table}                               admin         administrator
PUT    api/v1/retention/{table}                               admin         administrator
GET    api/v1/operations                                      admin         administrator
GET    api/v1/erasures                                        admin         administrator
POST   api/v1/erasures                                        admin         administrator
GET    api/v1/erasures/{number}                               admin         administrator
GET    api/v1/merges                                          pii:read      anybody personal
GET    api/v1/quarantine                                      pii:read      anybody personal
DELETE api/v1/quarantine/{number}                             admin         administrator
POST   api/v1/quarantine/{number}/replay                      admin         administrator
GET    api/v1/profiles/{external_id}                          pii:read      anybody personal
GET    api/v1/profiles/{external_id}/segments                 members:read  anybody personal
GET    api/v1/profiles/{external_id}/deliveries               pii:read      anybody personal
GET    api/v1/profiles/{external_id}/export                   pii:read      anybody personal
GET    api/v1/profiles/{external_id}/consent                  pii:read      anybody personal
POST   api/v1/profiles/{external_id}/consent                  write         anybody personal
POST   api/v1/profiles/{external_id}/suppressions             write         anybody personal
DELETE api/v1/profiles/{external_id}/suppressions/{channel}   write         anybody personal
POST   api/v1/memberships/check                               members:read  anybody personal
GET    api/v1/imports                                         read          anybody personal
POST   api/v1/imports                                         write         editor personal
GET    api/v1/imports/{number}                                read          viewer personal
PUT    api/v1/imports/{number}/file                           write         editor personal
POST   api/v1/imports/{number}/accept                         write         editor personal
POST   api/v1/imports/{number}/cancel                         write         editor personal
GET    api/v1/imports/{number}/rejects                        pii:read      viewer personal
GET    api/v1/rules/schema                                    read          anybody
POST   api/v1/segments/preview                                read          anybody
POST   api/v1/segments/explain                                pii:read      anybody personal
GET    api/v1/segments                                        read          anybody
POST   api/v1/segments                                        write         editor
GET    api/v1/segments/{key}                                  read          anybody
PATCH  api/v1/segments/{key}                                  write         editor
POST   api/v1/segments/{key}/pause                            write         editor
POST   api/v1/segments/{key}/resume                           write         editor
POST   api/v1/segments/{key}/retire                           write         approver
GET    api/v1/segments/{key}/versions                         read          anybody
POST   api/v1/segments/{key}/versions                         write         editor
GET    api/v1/segments/{key}/versions/{number}                read          anybody
POST   api/v1/segments/{key}/versions/{number}/publish        write         editor
POST   api/v1/segments/{key}/versions/{number}/propose        write         editor
POST   api/v1/segments/{key}/versions/{number}/approve        write         approver
POST   api/v1/segments/{key}/versions/{number}/reject         write         approver
POST   api/v1/segments/{key}/versions/{number}/schedule       write         editor
DELETE api/v1/segments/{key}/versions/{number}/schedule       write         editor
POST   api/v1/segments/{key}/versions/{number}/override       admin         administrator
GET    api/v1/segments/{key}/lineage                          read          anybody
GET    api/v1/segments/{key}/plan                             read          anybody
POST   api/v1/segments/{key}/plan                             read          anybody
GET    api/v1/overlap                                         read          anybody
GET    api/v1/segments/{key}/overlap                          read          anybody
GET    api/v1/reviews                                         read          anybody
GET    api/v1/segments/{key}/reviews                          read          anybody
POST   api/v1/segments/{key}/reviews                          write         editor
GET    api/v1/segments/{key}/checks                           read          anybody
POST   api/v1/segments/{key}/checks/{number}/snooze           write         editor
DELETE api/v1/segments/{key}/checks/{number}/snooze           write         editor
POST   api/v1/segments/{key}/preview                          read          anybody
POST   api/v1/segments/{key}/explain                          pii:read      anybody personal
GET    api/v1/segments/{key}/sql                              read          anybody
GET    api/v1/segments/{key}/members                          members:read  anybody personal
GET    api/v1/segments/{key}/history                          read          anybody
GET    api/v1/segments/{key}/runs                             read          anybody
POST   api/v1/segments/{key}/recompute                        write         editor
GET    api/v1/runs/{number}                                   read          anybody
GET    api/v1/destinations                                    read          anybody
GET    api/v1/connections                                     read          anybody
POST   api/v1/connections                                     write         editor
GET    api/v1/connections/{number}                            read          viewer
PATCH  api/v1/connections/{number}                            write         editor
DELETE api/v1/connections/{number}                            write         editor
POST   api/v1/connections/{number}/test                       write         editor
GET    api/v1/activations                                     read          anybody
POST   api/v1/activations                                     write         editor
GET    api/v1/activations/{key}                               read          anybody
PATCH  api/v1/activations/{key}                               write         editor
DELETE api/v1/activations/{key}                               write         editor
POST   api/v1/activations/{key}/pause                         write         editor
POST   api/v1/activations/{key}/resume                        write         editor
POST   api/v1/activations/{key}/sync                          write         editor
POST   api/v1/activations/{key}/test                          write         editor
POST   api/v1/activations/{key}/retry                         write         editor
GET    api/v1/sync-runs                                       read          anybody
GET    api/v1/sync-runs/{number}                              read          anybody
POST   api/v1/sync-runs/{number}/cancel                       write         editor
POST   api/v1/sync-runs/{number}/confirm                      write         editor
"""

PAGES = """
                                                    signed-in
segments/                                           signed-in
segment-sizes/                                      signed-in
segments/{key}/                                     signed-in
segments/{key}/versions/{number}/outline/           signed-in
segments/{key}/versions/{number}/changes/           signed-in
segments/{key}/runs/                                signed-in
segments/new/                                       signed-in
segments/new/draft/                                 signed-in
segments/{key}/draft/                               signed-in
segments/{key}/edit/                                signed-in
segments/{key}/versions/                            signed-in
segments/{key}/versions/{number}/again/             signed-in
segments/{key}/versions/{number}/                   signed-in
segments/{key}/versions/{number}/plan/              signed-in
segments/{key}/versions/{number}/propose/           signed-in
segments/{key}/versions/{number}/approve/           signed-in
segments/{key}/versions/{number}/reject/            signed-in
segments/{key}/versions/{number}/publish/           signed-in
segments/{key}/versions/{number}/schedule/          signed-in
segments/{key}/versions/{number}/unschedule/        signed-in
segments/{key}/versions/{number}/override/          signed-in
review/approvals/                                   signed-in
overlap/                                            signed-in
review/                                             signed-in
review/{key}/decide/                                signed-in
segments/{key}/activations/                         signed-in
segments/{key}/audit/                               signed-in
segments/{key}/members/                             signed-in
segments/{key}/members.csv                          personal
segments/{key}/progress/                            signed-in
segments/{key}/recompute/                           signed-in
segments/{key}/checks/{number}/snooze/              signed-in
segments/{key}/checks/{number}/wake/                signed-in
segments/{key}/pause/                               signed-in
segments/{key}/resume/                              signed-in
segments/{key}/retire/                              signed-in
rules/preview/                                      signed-in
rules/values/                                       signed-in
jsi18n/                                             signed-in
profiles/                                           personal
profiles/{external_id}/                             personal
profiles/id/{pk}/                                   personal
profiles/id/{pk}/everything.json                    personal
profiles/id/{pk}/erase/                             administrator
operations/                                         administrator
operations/retention/                               administrator
operations/retention/{table}/                       administrator
erasures/                                           administrator
erasures/{number}/                                  administrator
profiles/id/{pk}/consent/                           personal
profiles/id/{pk}/suppress/                          personal
profiles/id/{pk}/lift/                              personal
profiles/id/{pk}/event/                             personal
profiles/id/{pk}/sent/                              personal
profiles/id/{pk}/test-event/                        personal
profiles/id/{pk}/timeline/                          personal
profiles/id/{pk}/why/{key}/                         personal
companies/{external_id}/                            personal
companies/id/{pk}/sent/                             personal
companies/id/{pk}/why/{key}/                        personal
activations/                                        signed-in
activations/new/                                    signed-in
activations/new/sample/                             signed-in
activations/{key}/                                  signed-in
activations/{key}/edit/                             signed-in
activations/{key}/pause/                            signed-in
activations/{key}/resume/                           signed-in
activations/{key}/sync/                             signed-in
activations/{key}/test/                             signed-in
activations/{key}/retry/                            signed-in
activations/{key}/delete/                           signed-in
sync-runs/{number}/                                 signed-in
sync-runs/{number}/cancel/                          signed-in
sync-runs/{number}/confirm/                         signed-in
connections/new/                                    signed-in
connections/{number}/                               signed-in
connections/{number}/test/                          signed-in
connections/{number}/delete/                        signed-in
teams/{key}/                                        signed-in
teams/{key}/members/                                signed-in
teams/{key}/members/{number}/role/                  signed-in
teams/{key}/members/{number}/remove/                signed-in
teams/{key}/members/{number}/permission/            signed-in
teams/{key}/connections/                            signed-in
account/                                            signed-in
account/sessions/end/                               signed-in
account/sessions/{session}/end/                     signed-in
tokens/                                             signed-in
tokens/{prefix}/revoke/                             signed-in
audit/                                              signed-in
audit/file/                                         signed-in
choose-team/                                        signed-in
api/v1/reference/                                   signed-in
sign-in/                                            anybody
sign-out/                                           anybody
password/                                           signed-in
healthz                                             anybody
favicon.ico                                         anybody
admin/login/                                        anybody
api/{unknown}                                       unknown
data/                                               signed-in
data/new/                                           signed-in
data/sources/{key}/                                 signed-in
data/{kind}/{number}/                               signed-in
data/{kind}/{number}/hide/                          signed-in
data/{kind}/{number}/remove/                        signed-in
data/quarantine/                                    personal
data/quarantine/{number}/replay/                    personal
data/quarantine/{number}/discard/                   personal
v1/{kind}                                           write-key
"""
"""Pages have no tokens; the tracking API takes write keys of sources only.
Everything below ``admin/`` but its door is for administrators."""

ROLES = ("viewer", "editor", "approver", "admin")


@dataclass(frozen=True)
class Need:
    """What one method of one route needs."""

    method: str
    route: str
    scopes: tuple[str, ...]
    who: str
    personal: bool


def needs() -> dict[tuple[str, str], Need]:
    """The table, by method and route."""
    found = {}
    for line in TABLE.strip().splitlines():
        method, route, scopes, who, *rest = line.split()
        found[method, route] = Need(method, route, tuple(scopes.split("|")), who, bool(rest))
    return found


def pages() -> dict[str, str]:
    """Who may see each page, by route."""
    found = {}
    for line in PAGES.strip("\n").splitlines():
        *route, who = line.split()
        found[route[0] if route else ""] = who
    return found
