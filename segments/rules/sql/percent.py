"""Borders of `top_percent` and `bottom_percent`: RULES 3.12."""

from sqlglot import exp

from segments.rules.catalogue import Field, Unit
from segments.rules.sql.build import (
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

RANKED = "ranked"
POPULATION = {Unit.PROFILE: "users", Unit.COMPANY: "accounts"}


def border(unit: Unit, trait: Field, percent: float, *, top: bool) -> exp.Select:
    """The one row `border`: the value at position ceil(n * p / 100) of the n that are set, none where none is.

    Without a division: that position is the whole number i for which n * p <= 100 * i < n * p + 100, p taken in
    hundredths so that it is whole too.
    """
    hundredths = round(percent * 100)
    people = POPULATION[unit]
    value = column(people, trait.column)
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
