"""What was read is written, in one transaction: message ids, people, companies, events, quarantine, and the marks.

The statements lock rows in one order for all requests: message ids, identifiers, profiles, companies, marks.
"""

import json
from collections.abc import Sequence

from lib import failpoints
from profiles import changes
from profiles.erasure import tombstones
from profiles.ingest import companies
from profiles.ingest.database import again_if_lost, execute
from profiles.ingest.refusals import RefusedError
from profiles.ingest.tracking import store_customers, store_events
from profiles.ingest.tracking.discovery import UNITS
from profiles.ingest.tracking.people import Crowd, Person
from profiles.ingest.tracking.reading import Read, Refused, Request, Told, refusal
from profiles.measures import arrivals
from profiles.models import Identity
from profiles.signals import SIGNALLED

FRESH = """
    WITH fresh AS (
        INSERT INTO profiles_eventid (hash) SELECT DISTINCT hash FROM unnest(%s::uuid[]) AS said(hash) ORDER BY hash
        ON CONFLICT DO NOTHING RETURNING hash
    )
    SELECT string_agg(replace(hash::text, '-', ''), ',') FROM fresh
"""
QUARANTINE = """
    INSERT INTO profiles_quarantinedevent (hash, source_id, reason, kind, document, received_at, sent_at)
    SELECT hash, %s, reason, kind, document, %s, %s
    FROM jsonb_to_recordset(%s::jsonb) AS said(hash uuid, reason text, kind text, document text) ORDER BY hash
    ON CONFLICT (hash) DO NOTHING
"""
TIMEOUTS = "SELECT set_config('lock_timeout', '3s', true), set_config('statement_timeout', '10s', true)"

POINTS = failpoints.declare("tracking.ids_stored", "tracking.people_stored", "tracking.stored", "tracking.committed")


def store(request: Request, read: Read) -> None:
    """Commit all that is new of a request; whatever came before with the same message id stays as it is."""
    again_if_lost(lambda: write(request, read))
    failpoints.reach("tracking.committed")


def write(request: Request, read: Read) -> None:
    """The same in the transaction under way. Raises `RACES` of the database where another was faster."""
    execute(TIMEOUTS)
    fresh = _fresh(read.messages)
    failpoints.reach("tracking.ids_stored")
    if fresh:
        _write(request, read, fresh)
    if refused := _of_the_living(read.refused):
        _quarantine(request, refused)
    failpoints.reach("tracking.stored")


def _fresh(messages: Sequence[Told]) -> list[Told]:
    """The messages whose id was never seen, now marked as seen; of equal ids the first."""
    first: dict[str, Told] = {}
    for told in messages:
        first.setdefault(told.message.hash, told)
    if not first:
        return []
    [[found]] = execute(FRESH, ["{" + ",".join(first) + "}"])
    new = frozenset(found.split(",")) if found else frozenset()
    return [told for digest, told in first.items() if digest in new]


def _write(request: Request, read: Read, fresh: Sequence[Told]) -> None:
    crowd = Crowd.around([told.message for told in fresh])
    fresh, met = _resolved(crowd, request, fresh)
    people = [person.now for person in met]
    messages = [told.message for told in fresh]
    changed = store_customers.write_people(crowd, people, request.source)
    failpoints.reach("tracking.people_stored")
    groups = [told for told in fresh if told.message.kind == "group"]
    if groups:
        companies.lock({told.message.company for told in groups})
    resolved = companies.resolve({message.company for message in messages if message.company})
    changed |= store_customers.update_profiles(fresh, people, resolved.ids)
    if groups:
        store_customers.update_companies(groups, resolved.ids)
    store_events.write(request, read.known, fresh, people, resolved.ids)
    _note_arrivals(fresh)
    SIGNALLED.ring()  # the database has noted the events
    if changed:
        changes.mark_profiles(changed)


def _note_arrivals(fresh: Sequence[Told]) -> None:
    for kind, unit in UNITS.items():
        said = [told.values for told in fresh if told.message.kind == kind]
        arrivals.note(unit, {key for values in said for key, value in values.items() if value is not None})


def _resolved(crowd: Crowd, request: Request, fresh: Sequence[Told]) -> tuple[list[Told], list[Person]]:
    """The messages that are about somebody, and about whom; the others wait in quarantine, and may come again, but for
    those about people who were erased: these are thrown away."""
    good, people, refused, dropped = [], [], [], []
    for told in fresh:
        if stone := crowd.tombstone(told.message):
            dropped.append(stone.erasure)
            continue
        try:
            people.append(crowd.resolve(told.message))
            good.append(told)
        except RefusedError as error:
            refused.append(refusal(told.document, str(error), told.message.hash))
    tombstones.dropped(dropped)
    if refused:
        execute("DELETE FROM profiles_eventid WHERE hash = ANY(%s::uuid[])", [[each.hash for each in refused]])
        _quarantine(request, refused)
    return good, people


def _of_the_living(refused: Sequence[Refused]) -> list[Refused]:
    """Without what names somebody who was erased, which is thrown away."""
    named = {each.hash: _ids_of(json.loads(each.document)) for each in refused}
    erased = tombstones.found({name for names in named.values() for name in names})
    tombstones.dropped([erased[name].erasure for names in named.values() for name in names if name in erased])
    return [each for each in refused if not erased.keys() & named[each.hash]]


def _ids_of(document: object) -> frozenset[tuple[str, str]]:
    if not isinstance(document, dict):
        return frozenset()
    named = ((Identity.Kind.EXTERNAL_ID, "userId"), (Identity.Kind.ANONYMOUS_ID, "anonymousId"))
    return frozenset((kind.value, str(document[key])) for kind, key in named if document.get(key) is not None)


def _quarantine(request: Request, refused: Sequence[Refused]) -> None:
    rows = [
        {"hash": each.hash, "reason": each.reason, "kind": each.kind, "document": each.document} for each in refused
    ]
    execute(QUARANTINE, [request.source.pk, request.received, request.sent, json.dumps(rows)])
