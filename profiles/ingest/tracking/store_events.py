"""Events of a request into the tail: from the commit on, snapshots see them."""

import json
from collections.abc import Mapping, Sequence

import pyarrow as pa

from profiles.ingest.database import copy_in
from profiles.ingest.tracking.known import Known
from profiles.ingest.tracking.people import Person
from profiles.ingest.tracking.reading import Request, Told
from profiles.lake.layout import ARROW_TYPES


def write(
    request: Request, known: Known, told: Sequence[Told], people: Sequence[Person], companies: Mapping[str, int]
) -> None:
    """Write those of the messages that are events. `companies` are ids by name."""
    rows = [
        (
            known.events[each.message.event].id,
            person.stored_id,
            companies.get(each.message.company),
            each.message.timestamp,
            each.message.message_id,
            json.dumps(each.values, ensure_ascii=False, separators=(",", ":")),
        )
        for each, person in zip(told, people, strict=True)
        if each.message.event
    ]
    if not rows:
        return
    events, profiles, named, times, messages, values = zip(*rows, strict=True)
    copy_in(
        "profiles_tailevent",
        {
            "event_type_id": pa.array(events, pa.int64()),
            "profile_id": pa.array(profiles, pa.int64()),
            "company_id": pa.array(named, pa.int64()),
            "timestamp": pa.array(times, ARROW_TYPES["datetime"]),
            "message_id": pa.array(messages, pa.string()),
            "properties": pa.array(values, pa.string()),
            "source_id": pa.repeat(request.source.pk, len(rows)),
            "received_at": pa.repeat(pa.scalar(request.received, ARROW_TYPES["datetime"]), len(rows)),
        },
    )
