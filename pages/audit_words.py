"""What an entry of the audit log says in words: one sentence, and its changes field by field."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import AuditEntry, Team, User
from activations.models import Activation, Connection
from segments.models import Segment

SENTENCES: Mapping[str, "str | Promise"] = {
    "segment.create": lazy("defined the segment {target}"),
    "segment.change": lazy("changed the contract of {target}"),
    "segment.save_version": lazy("wrote version {version} of {target}"),
    "segment.publish": lazy("published version {version} of {target}"),
    "segment.propose": lazy("sent version {version} of {target} for review"),
    "segment.approve": lazy("approved version {version} of {target}"),
    "segment.reject": lazy("rejected version {version} of {target}"),
    "segment.publish_unapproved": lazy("PUBLISHED version {version} of {target} WITHOUT THE APPROVAL its team wants"),
    "segment.schedule": lazy("set a time at which version {version} of {target} is published"),
    "segment.unschedule": lazy("took back the time at which version {version} of {target} was to be published"),
    "segment.publication_failed": lazy("could not publish version {version} of {target} at its time"),
    "segment.review": lazy("decided in a review of {target}: {decision}"),
    "segment.snooze": lazy("snoozed what the check {check} found about {target}"),
    "segment.wake": lazy("woke what the check {check} found about {target}"),
    "segment.pause": lazy("paused {target}"),
    "segment.resume": lazy("resumed {target}"),
    "segment.retire": lazy("retired {target}"),
    "segment.recompute": lazy("had {target} counted anew"),
    "activation.create": lazy("set up the activation {target}"),
    "activation.change": lazy("changed the activation {target}"),
    "activation.pause": lazy("paused the activation {target}"),
    "activation.resume": lazy("resumed the activation {target}"),
    "activation.delete": lazy("deleted the activation {target}"),
    "activation.cancel_sync": lazy("cancelled sync run {sync_run} of {target}"),
    "activation.sync": lazy("started sync run {sync_run} of {target}"),
    "activation.test": lazy("sent one record by {target}, as a test"),
    "activation.retry": lazy("had {target} send again what was refused"),
    "activation.confirm_removal": lazy("agreed to {removals} removals by {target}"),
    "connection.create": lazy("connected {target}"),
    "connection.change": lazy("changed the connection {target}"),
    "connection.delete": lazy("deleted the connection {target}"),
    "connection.test": lazy("tested the connection {target}"),
    "connection.rotate": lazy("encrypted the secrets of {target} with a new key"),
    "team.create": lazy("made the team {target}"),
    "team.change": lazy("changed the settings of {target}"),
    "team.set_role": lazy("made {who} {role} of {target}"),
    "team.remove_member": lazy("took {who} out of {target}"),
    "user.create": lazy("made an account for {target}"),
    "user.change": lazy("changed the account of {target}"),
    "user.personal_data": lazy("changed whether {target} may see personal data"),
    "user.administrator": lazy("changed whether {target} is an administrator"),
    "user.make_administrator": lazy("made {target} an administrator"),
    "user.end_sessions": lazy("signed {target} out on {devices}"),
    "user.deactivate": lazy("switched off the account of {target}"),
    "user.activate": lazy("switched on the account of {target}"),
    "user.set_password": lazy("set a new password for {target}"),
    "token.create": lazy("made the token {target}"),
    "token.revoke": lazy("revoked the token {target}"),
    "source.create": lazy("added the source {target}"),
    "source.consents": lazy("recorded what {customers} people agree to, by {target}"),
    "source.change": lazy("changed the source {target}"),
    "trait.create": lazy("added the trait {target} to the catalogue"),
    "trait.describe": lazy("described the trait {target}"),
    "trait.hide": lazy("hid the trait {target}"),
    "trait.remove": lazy("removed the trait {target} from the catalogue"),
    "event.create": lazy("added the event {target} to the catalogue"),
    "event.send_test": lazy("sent the test event {target}"),
    "event.keep": lazy("changed how long events {target} are kept"),
    "event.describe": lazy("described the event {target}"),
    "event.hide": lazy("hid the event {target}"),
    "event.remove": lazy("removed the event {target} from the catalogue"),
    "property.create": lazy("added the property {target} to the catalogue"),
    "property.describe": lazy("described the property {target}"),
    "property.hide": lazy("hid the property {target}"),
    "property.remove": lazy("removed the property {target} from the catalogue"),
    "members.read": lazy("read {customers} members of {target}"),
    "sample.read": lazy("looked at {customers} sample members of {target}"),
    "profile.read": lazy("read {target}"),
    "profile.consent": lazy("recorded what {target} agrees to"),
    "profile.suppress": lazy("suppressed {target}"),
    "profile.erase": lazy("erased the profile {profile}"),
    "profile.lift_suppression": lazy("lifted a suppression of {target}"),
    "deliveries.read": lazy("read {customers} records that {target} had refused"),
}
NAMED: Mapping[str, tuple[type[Any], str]] = {
    "segment": (Segment, "segment-page"),
    "activation": (Activation, "activation-page"),
    "team": (Team, "team-settings"),
    "connection": (Connection, "connection-page"),
    "user": (User, ""),
}
"""Kinds of things that have a name of their own, and their pages."""
PERSONAL_ADDRESS = {"connection": "pk"}
"""The field in the address of a page, where it is not the key."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field in words, before and after; None where there was or is nothing."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as people read it."""

    entry: AuditEntry
    who: str
    sentence: str
    changes: list[Change]

    @property
    def json(self) -> str:
        """The entry's own document, for those who want it exact."""
        return json.dumps(
            {"action": self.entry.action, "before": self.entry.before, "after": self.entry.after}, indent=2
        )


def tell(entries: Iterable[AuditEntry]) -> list[Told]:
    """The entries in words, with one query per kind of thing that they are about."""
    rows = list(entries)
    things = _things(rows)
    people = things["user"]
    return [
        Told(
            row,
            str(people.get(row.actor_id or 0) or row.actor_label),
            _sentence(row, things.get(row.target_kind, {})),
            changes(row.before, row.after),
        )
        for row in rows
    ]


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """What changed, field by field."""
    names = dict.fromkeys([*(before or {}), *(after or {})])
    return [
        Change(name.replace("_", " ").replace(".", ": "), _value(before, name), _value(after, name)) for name in names
    ]


def plain_sentence(told: Told) -> str:
    """The sentence with who did it and without links, for a file."""
    words = SENTENCES.get(told.entry.action)
    target = told.entry.target_key or f"{told.entry.target_kind} {told.entry.target_id or ''}".strip()
    return f"{told.who} " + (str(words).format(target=target, **_facts(told.entry)) if words else _other(told.entry))


def _things(rows: list[AuditEntry]) -> dict[str, dict[int, Any]]:
    wanted: dict[str, set[int]] = {"user": {row.actor_id for row in rows if row.actor_id}}
    for row in rows:
        if row.target_kind in NAMED and row.target_id:
            wanted.setdefault(row.target_kind, set()).add(row.target_id)
    return {kind: NAMED[kind][0].objects.in_bulk(pks) for kind, pks in wanted.items()}


def _sentence(row: AuditEntry, things: Mapping[int, Any]) -> str:
    words = SENTENCES.get(row.action)
    target = _target(row, things)
    if words is None:
        return format_html("{} {}", _other(row), target)
    return format_html(str(words), target=target, **_facts(row))


def _target(row: AuditEntry, things: Mapping[int, Any]) -> str:
    thing = things.get(row.target_id or 0)
    if thing is None:
        return row.target_key or f"{row.target_kind} {row.target_id or ''}".strip()
    page = NAMED[row.target_kind][1]
    name = str(getattr(thing, "name", "")) or str(thing)
    if not page:
        return name
    place = getattr(thing, PERSONAL_ADDRESS.get(row.target_kind, "key"))
    return format_html('<a href="{}">{}</a>', reverse(page, args=[place]), name)


def _facts(row: AuditEntry) -> dict[str, Any]:
    """What sentences name besides the target; a dash where an entry does not hold it."""
    after = row.after or {}
    named = {
        name: after.get(name, "–") for name in ("version", "sync_run", "removals", "customers", "check", "decision")
    }
    who, role = next(iter(after.items()), ("–", "–")) if row.action.startswith("team.") else ("–", "–")
    return {**named, "who": who, "role": role}


def _other(row: AuditEntry) -> str:
    """Words for an action that has no sentence: `trait.describe` is "describe trait"."""
    kind, _dot, verb = row.action.partition(".")
    return _("did “%(verb)s %(kind)s”:") % {"verb": verb.replace("_", " "), "kind": kind.replace("_", " ")}


def _value(side: Mapping[str, Any] | None, name: str) -> str | None:
    if side is None or name not in side:
        return None
    return in_words(side[name])


def in_words(value: Any) -> str:
    """A value of JSON as people read it."""
    match value:
        case None | "":
            return _("nothing")
        case True:
            return _("yes")
        case False:
            return _("no")
        case "…":
            return _("a secret")
        case list() if all(isinstance(part, str) for part in value):
            return ", ".join(value) or _("nothing")
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


KINDS = {
    "segment": lazy("Segments"),
    "activation": lazy("Activations"),
    "connection": lazy("Connections"),
    "team": lazy("Teams"),
    "user": lazy("Accounts"),
    "token": lazy("Tokens"),
    "source": lazy("Sources"),
}
"""The kinds of things to filter by."""
