"""Which data a table has now, told apart without reading it: what was counted already need not be counted again."""

import hashlib
from collections import defaultdict

from django.db.models.functions import TruncMonth

from profiles.lake import delta
from profiles.lake.layout import USERS, Layout, month_of
from profiles.models import ChangedCompany, ChangedProfile, LakeTable, StagedFile, TailEvent


def version_of(layout: Layout) -> str:
    """The version of the lake's table that readers see; empty before its first."""
    version = LakeTable.objects.filter(name=layout.name).values_list("version", flat=True).first()
    return "" if version is None else str(version)


def waits(layout: Layout) -> bool:
    """Whether people or companies have changed that the lake does not hold as they are."""
    model = ChangedProfile if layout.name == USERS else ChangedCompany
    return model._default_manager.exists() or StagedFile.objects.filter(table=layout.name).exists()


def digests(layout: Layout) -> dict[str, str]:
    """Month → a digest of the files that the lake names of it."""
    version = version_of(layout)
    months: dict[str, list[str]] = defaultdict(list)
    for path, month in (delta.files(layout.name, int(version)) if version else {}).items():
        months[month].append(path)
    return {month: hashlib.sha256("\n".join(sorted(paths)).encode()).hexdigest() for month, paths in months.items()}


def waiting_months(layout: Layout) -> set[str]:
    """The months of events that the lake does not name yet."""
    tail = TailEvent.objects.filter(event_type__table=layout.name).annotate(month=TruncMonth("timestamp"))
    staged = StagedFile.objects.filter(table=layout.name)
    return {
        *(month_of(month) for month in tail.order_by().values_list("month", flat=True).distinct()),
        *staged.values_list("month", flat=True),
    }
