"""What Postgres knows about events of erased people that are in the lake, forgotten before the lake forgets them."""

from collections import Counter
from collections.abc import Collection, Iterable

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from lib import failpoints
from profiles import signals
from profiles.ingest.database import execute
from profiles.ingest.message_ids import hashed
from profiles.models import Erasure, ErasureStep, Unit

AT_ONCE = 10_000
POINTS = failpoints.declare("erase.ids_forgotten")


@transaction.atomic
def forget_events(people: Collection[int], events: Iterable[pa.Table]) -> None:
    """Delete the ids of these events (`person`, `account_id`, `event`, `message_id`), tell whoever counts by company,
    and put their number on the receipts of `people` (ids with a minus sign); the first number stays."""
    numbers: Counter[int] = Counter()
    for table in events:
        numbers.update(table.column("person").to_pylist())
        for start in range(0, table.num_rows, AT_ONCE):
            forget_ids(table.column("message_id").slice(start, AT_ONCE).to_pylist())
        named = table.filter(pc.is_valid(table.column("account_id")))
        signals.note(Unit.COMPANY, pc.unique(named.column("account_id")).to_pylist(), None)
    rows = Erasure.objects.filter(profile__in=[-person for person in people]).values_list("pk", "profile")
    ErasureStep.objects.bulk_create(
        [ErasureStep(erasure_id=pk, what=ErasureStep.What.EVENTS, number=numbers[profile]) for pk, profile in rows],
        ignore_conflicts=True,
    )
    failpoints.reach("erase.ids_forgotten")


def forget_ids(message_ids: Iterable[str]) -> None:
    """These events are known no more; what would come again with one of these ids is not taken for a repetition."""
    execute("DELETE FROM profiles_eventid WHERE hash = ANY(%s::uuid[])", [[hashed(each) for each in message_ids]])
