"""Everything that is held about one person, as one JSON document that is written while it is read.

The document is an object of lists, one per kind of thing. Apps above this one add theirs (`followers.of_access`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from profiles import followers
from profiles.disclosures import disclose
from profiles.erasure.records import mentions
from profiles.lake.files import quoted
from profiles.lake.layout import Layout, load_layouts
from profiles.lake.snapshot import Snapshot, open_snapshot
from profiles.models import IdentityClaim, Merge, Profile, QuarantinedEvent

Rows = Iterable[Mapping[str, Any]]
AT_ONCE = 1_000
"""Events that are in memory at a time."""


def export(*, actor: Actor, profile: Profile) -> Iterator[str]:
    """The document in pieces; on record before the first. Events are those of one moment, from lake and tail.

    Raises `PermissionDenied` for who may not see personal data. Not to be read within a transaction.
    """
    policy.require(actor, Action.READ_PERSONAL)
    disclose(actor=actor, what="everything", number=1, target=profile)
    return _document(_sections(profile))


def _document(sections: Iterable[tuple[str, Rows]]) -> Iterator[str]:
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    yield "{"
    for place, (name, rows) in enumerate(sections):
        yield f"{',' if place else ''}\n{json.dumps(name)}: ["
        for number, row in enumerate(rows):
            yield f"{',' if number else ''}\n  {encoder.encode(dict(row))}"
        yield "]"
    yield "\n}\n"


def _sections(profile: Profile) -> Iterator[tuple[str, Rows]]:
    yield "profile", [_profile(profile)]
    yield "identifiers", profile.identities.order_by("kind", "value").values("kind", "value")
    yield "claims", IdentityClaim.objects.filter(profile_id=profile.pk).values("kind", "value", "since")
    yield "consent", profile.consents.order_by("channel").values("channel", "state", "source", "by", "at")
    yield "suppressions", profile.suppressions.values("channel", "reason", "source", "by", "at")
    yield "consent_history", profile.consent_changes.values("channel", "what", "reason", "source", "by", "at")
    merges = Merge.objects.filter(Q(stays=profile.pk) | Q(gone=profile.pk))
    yield "merges", merges.values("gone", "stays", "by", "value", "source__key", "merged_at")
    yield "quarantine", _quarantine(profile)
    yield "events", _events(profile)
    for ask in followers.of_access:
        yield from ask(profile.pk).items()


def _profile(profile: Profile) -> dict[str, Any]:
    company = profile.company.external_id if profile.company else None
    return {"number": profile.pk, "since": profile.created_at, "company": company, "traits": profile.traits}


def _quarantine(profile: Profile) -> Iterator[Mapping[str, Any]]:
    wanted = frozenset(value.lower() for value in profile.identities.values_list("value", flat=True))
    rows = QuarantinedEvent.objects.values("document", "reason", "received_at").order_by("pk")
    for row in rows.iterator(chunk_size=AT_ONCE):
        document = json.loads(row["document"])
        if mentions(document, wanted):
            yield {"document": document, "reason": row["reason"], "received_at": row["received_at"]}


def _events(profile: Profile) -> Iterator[Mapping[str, Any]]:
    with open_snapshot() as snapshot:
        for layout in load_layouts().values():
            if layout.event is not None:
                yield from _events_of(snapshot, layout, profile.pk)


def _events_of(snapshot: Snapshot, layout: Layout, profile: int) -> Iterator[Mapping[str, Any]]:
    keys = {column.name: column.key for column in layout.columns if column.key is not None}
    sql = f'SELECT * FROM {quoted(layout.name)} WHERE user_id = $profile ORDER BY "timestamp", message_id'  # noqa: S608
    found = snapshot.connection.sql(sql, params={"profile": profile})
    for batch in found.to_arrow_reader(AT_ONCE):
        for row in batch.to_pylist():
            yield {
                "event": layout.event,
                "at": row["timestamp"],
                "message_id": row["message_id"],
                "properties": {keys[name]: value for name, value in row.items() if name in keys and value is not None},
            }
