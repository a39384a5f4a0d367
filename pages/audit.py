"""The audit log: who did what to what, in sentences; read-only, and a file of it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import policy, selectors
from accounts.actors import Actor, actor_of
from accounts.filters import AuditFilter
from accounts.policy import Action
from lib import clock
from lib.rest.streams import csv_file
from pages.audit_words import KINDS, SENTENCES, plain_sentence, tell
from pages.shell import shell_of
from pages.styled import style

PER_PAGE = 50
CHUNK = 500
COLUMNS = ("at", "actor", "token", "address", "action", "sentence", "kind", "target", "team", "before", "after", "note")
MOST_ID = 2**63 - 1


def audit_log(request: HttpRequest) -> HttpResponse:
    """The newest entries first, those before the entry `?before=` on later pages."""
    actor = actor_of(request)
    filters = filtered(request, actor)
    rows = filters.qs.order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(pk__lt=min(int(before), MOST_ID))
    entries = list(rows[: PER_PAGE + 1])
    shown = entries[:PER_PAGE]
    query = kept(request.GET)
    context = {
        "here": "audit",
        "form": filters.form,
        "told": tell(shown),
        "now": clock.now(),
        "older": _address(query, before=str(shown[-1].pk)) if len(entries) > PER_PAGE else "",
        "newest": _address(query) if before else "",
        "file": f"{reverse('audit-file')}?{query.urlencode()}",
        "is_filtered": bool(query),
        "sees_all": policy.allows(actor, Action.ADMINISTER),
    }
    return render(request, "audit/page.html", context)


def audit_file(request: HttpRequest) -> StreamingHttpResponse:
    """All entries that the filters let through, as CSV."""
    entries = filtered(request, actor_of(request)).qs.order_by("-pk")
    return csv_file("audit-log.csv", COLUMNS, _lines(entries))


def filtered(request: HttpRequest, actor: Actor) -> AuditFilter:
    """The entries that the actor may see, with the filters of the address, in the look of the page."""
    filters = AuditFilter(request.GET, queryset=selectors.audit_entries(actor=actor), request=request)
    fields = filters.form.fields
    fields["action"].widget = forms.Select(choices=[("", ""), *((name, name) for name in SENTENCES)])
    fields["kind"].widget = forms.Select(choices=[("", ""), *KINDS.items()])
    fields["team"].widget = forms.Select(
        choices=[("", ""), *((team.key, team.name) for team in shell_of(request).teams)]
    )
    for name in ("since", "until"):
        fields[name].widget = forms.DateInput(attrs={"type": "date"})
    style(filters.form)
    return filters


def kept(query: QueryDict) -> QueryDict:
    """The filters of an address that are set."""
    found = QueryDict(mutable=True)
    for name in AuditFilter.base_filters:
        if value := query.get(name):
            found[name] = value
    return found


def _address(query: QueryDict, **more: str) -> str:
    pairs = query.copy()
    pairs.update(more)
    return f"{reverse('audit-log')}?{pairs.urlencode()}" if pairs else reverse("audit-log")


def _lines(entries: Any) -> Iterator[tuple[Any, ...]]:
    """Read in chunks, so that a log of years fits."""
    chunk = []
    for entry in entries.iterator(chunk_size=CHUNK):
        chunk.append(entry)
        if len(chunk) == CHUNK:
            yield from map(_line, tell(chunk))
            chunk = []
    yield from map(_line, tell(chunk))


def _line(told: Any) -> tuple[Any, ...]:
    row = told.entry
    target = row.target_key or row.target_id
    words = plain_sentence(told)
    return (
        row.at, row.actor_label, row.token, row.address, row.action, words, row.target_kind, target, row.team_key,
        row.before, row.after, row.note,
    )  # fmt: skip
