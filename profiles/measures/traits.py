"""Counts what people and companies have: coverage, values, and one row a day for how coverage went."""

from datetime import timedelta

from profiles.lake.layout import USERS, Layout
from profiles.lake.snapshot import Snapshot, TableScan
from profiles.measures.values import Found, measure
from profiles.models import TraitDay, TraitDefinition, TraitValues, Unit

KEPT = timedelta(days=180)
"""How long a day's coverage stays on record."""


def scan(layout: Layout) -> TableScan:
    """What is read: all traits of everybody."""
    return TableScan(frozenset(column.name for column in layout.columns))


def count(snapshot: Snapshot, layout: Layout) -> tuple[int, dict[str, Found]]:
    """The population, and by the name of its column what is found of each trait."""
    columns = [column for column in layout.columns if column.key is not None]
    row = snapshot.connection.execute(f"SELECT count(*) FROM {layout.name}").fetchone()  # noqa: S608  one of two
    assert row is not None  # count(*) answers one row
    return row[0], dict(measure(snapshot.connection, layout.name, columns))


def keep(snapshot: Snapshot, layout: Layout, population: int, found: dict[str, Found]) -> None:
    """Store it, in the transaction under way; traits that the catalogue has lost meanwhile are passed over."""
    unit = Unit.PROFILE if layout.name == USERS else Unit.COMPANY
    ids = dict(TraitDefinition.objects.filter(unit=unit, column__in=found).values_list("column", "pk"))
    days = [
        TraitDay(trait_id=pk, day=snapshot.as_of.date(), population=population, filled=found[column].filled)
        for column, pk in ids.items()
    ]
    TraitDay.objects.bulk_create(
        days, update_conflicts=True, unique_fields=("trait", "day"), update_fields=("population", "filled")
    )
    TraitDay.objects.filter(trait__unit=unit, day__lt=(snapshot.as_of - KEPT).date()).delete()
    rows = [
        TraitValues(
            trait_id=pk,
            population=population,
            filled=found[column].filled,
            different=found[column].different,
            top=list(found[column].top),
            lowest=found[column].lowest,
            highest=found[column].highest,
            measured_at=snapshot.as_of,
        )
        for column, pk in ids.items()
    ]
    TraitValues.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=("trait",),
        update_fields=("population", "filled", "different", "top", "lowest", "highest", "measured_at"),
    )
