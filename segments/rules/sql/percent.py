"""Borders of `top_percent` and `bottom_percent`: RULES 3.12."""

from sqlglot import exp

from segments.rules.catalogue import Field, Unit
from segments.rules.sql.build import (
    Expression,
    add,
    call,
    column,
    compare,
    derived,
    descending,
    every,
    integer,
    is_not_null,
    multiply,
    named,
    over,
    select,
    star,
    table,
)
from segments.rules.sql.dialects.base import Primitives

RANKED = "ranked"
POPULATION = {Unit.PROFILE: "users", Unit.COMPANY: "accounts"}


def border(primitives: Primitives, unit: Unit, trait: Field, percent: float, *, top: bool) -> exp.Select:
    """The one row `border`: the value at position ceil(n * p / 100) of the n that are set, nothing where none is."""
    hundredths = round(percent * 100)  # whole: at most two decimals
    value = column(POPULATION[unit], trait.column)
    found = primitives.ranked(value, hundredths, top=top)
    if found is None:
        return _numbered(POPULATION[unit], value, hundredths, top=top)
    return select([named(found, "border")], table(POPULATION[unit]))


def _numbered(people: str, value: Expression, hundredths: int, *, top: bool) -> exp.Select:
    """Without a division: the position is the whole number i for which n * p <= 100 * i < n * p + 100."""
    ranked = select(
        [
            named(value, "border"),
            named(over(call("ROW_NUMBER"), order=descending(value.copy()) if top else value.copy()), "position"),
            named(over(call("COUNT", star())), "number"),
        ],
        table(people),
        where=is_not_null(value.copy()),
    )
    share = multiply(column(RANKED, "number"), integer(hundredths))
    position = multiply(column(RANKED, "position"), integer(10_000))
    found = every([compare(position, ">=", share), compare(position.copy(), "<", add(share.copy(), integer(10_000)))])
    return select([column(RANKED, "border")], derived(ranked, RANKED), where=found)
