"""Coverage as of a past day, for data that came in day by day: how traits were filled then."""

from datetime import datetime

from django.db import transaction

from profiles.lake.layout import ACCOUNTS, USERS, load_layouts
from profiles.lake.snapshot import open_snapshot
from profiles.measures import traits


def replay(as_of: datetime) -> None:
    """Count people and companies as they are now, on record for the day of `as_of`."""
    for name in (USERS, ACCOUNTS):
        layout = load_layouts()[name]
        with open_snapshot({name: traits.scan(layout)}, as_of) as snapshot:
            population, found = traits.count(snapshot, layout)
        with transaction.atomic():
            traits.keep(snapshot, layout, population, found)
