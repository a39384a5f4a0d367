"""Small builders of sqlglot nodes; every identifier is quoted, every function is written exactly as named here.

Functions are `Anonymous` nodes and types are `USERDEFINED`, so that the writer never translates one of them: what a
dialect calls something stands in `segments.rules.sql.dialects`, nowhere else.
"""

from collections.abc import Iterable, Sequence

from sqlglot import exp

Expression = exp.Expr


def identifier(name: str) -> exp.Identifier:
    """A quoted name."""
    return exp.Identifier(this=name, quoted=True)


def column(table: str, name: str) -> exp.Column:
    """``"table"."name"``."""
    return exp.Column(this=identifier(name), table=identifier(table))


def table(name: str, alias: str | None = None) -> exp.Table:
    """``"name" AS "alias"``."""
    named = None if alias is None or alias == name else exp.TableAlias(this=identifier(alias))
    return exp.Table(this=identifier(name), alias=named)


def derived(query: exp.Query, alias: str) -> exp.Subquery:
    """``(query) AS "alias"``."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))


def subquery(query: exp.Query) -> exp.Subquery:
    """``(query)`` as a value."""
    return exp.Subquery(this=query)


def named(expression: Expression, alias: str) -> exp.Alias:
    """``expression AS "alias"``."""
    return exp.Alias(this=expression, alias=identifier(alias))


def call(name: str, *arguments: Expression) -> Expression:
    """``name(arguments)``, the name written as it is."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(expression: Expression, type_name: str) -> Expression:
    """``CAST(expression AS type_name)``, the type written as it is."""
    return exp.Cast(this=expression, to=exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=type_name))


def integer(value: int) -> Expression:
    """A whole number."""
    literal = number_literal(str(abs(value)))
    return exp.Neg(this=literal) if value < 0 else literal


def number_literal(digits: str) -> Expression:
    """A number without a sign, written as it is."""
    return exp.Literal(this=digits, is_string=False)


def string(value: str) -> Expression:
    """A text between quotes, escaped by the writer of the dialect."""
    return exp.Literal.string(value)


def star() -> Expression:
    """``*``."""
    return exp.Star()


def null() -> Expression:
    """NULL without a type."""
    return exp.Null()


def true() -> Expression:
    """TRUE."""
    return exp.Boolean(this=True)


def false() -> Expression:
    """FALSE."""
    return exp.Boolean(this=False)


def wrap(expression: Expression) -> Expression:
    """In brackets where it is an operation."""
    binary = isinstance(expression, exp.Binary | exp.Connector | exp.Not | exp.Between | exp.In | exp.Unary)
    return exp.Paren(this=expression) if binary and not isinstance(expression, exp.Paren | exp.Dot) else expression


def minus(number: Expression) -> Expression:
    """``-number``."""
    return exp.Neg(this=number)


def add(left: Expression, right: Expression) -> Expression:
    """``left + right``."""
    return exp.Add(this=wrap(left), expression=wrap(right))


def subtract(left: Expression, right: Expression) -> Expression:
    """``left - right``."""
    return exp.Sub(this=wrap(left), expression=wrap(right))


def multiply(left: Expression, right: Expression) -> Expression:
    """``left * right``."""
    return exp.Mul(this=wrap(left), expression=wrap(right))


def divide(left: Expression, right: Expression) -> Expression:
    """``left / right`` as the dialect means it: give it doubles."""
    return exp.Div(this=wrap(left), expression=wrap(right), typed=True, safe=False)


def compare(left: Expression, operator: str, right: Expression) -> Expression:
    """``left operator right`` for one of ``= <> < <= > >=``."""
    return _COMPARISONS[operator](this=left, expression=right)


def whole_divide(left: Expression, right: Expression) -> Expression:
    """``left // right`` of whole numbers."""
    return exp.IntDiv(this=wrap(left), expression=right)


_COMPARISONS: dict[str, type[exp.Expression]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def is_in(operand: Expression, values: Iterable[Expression]) -> Expression:
    """``operand IN (values)``."""
    return exp.In(this=operand, expressions=list(values))


def is_among(operand: Expression, query: exp.Query) -> Expression:
    """``operand IN (query)``."""
    return exp.In(this=operand, query=subquery(query))


def is_null(operand: Expression) -> Expression:
    """``operand IS NULL``."""
    return exp.Is(this=operand, expression=exp.Null())


def is_not_null(operand: Expression) -> Expression:
    """``NOT operand IS NULL``, which every dialect knows."""
    return exp.Is(this=operand, expression=exp.Not(this=exp.Null()))


def negate(condition: Expression) -> Expression:
    """``NOT (condition)``."""
    return exp.Not(this=wrap(condition))


def coalesce(operand: Expression, default: Expression) -> Expression:
    """``COALESCE(operand, default)``."""
    return call("COALESCE", operand, default)


def distinct(operand: Expression) -> Expression:
    """``DISTINCT operand``, inside an aggregate."""
    return exp.Distinct(expressions=[operand])


def both(*conditions: Expression | None) -> Expression | None:
    """The conditions that are there joined by AND, None if none is."""
    present = [condition for condition in conditions if condition is not None]
    if not present:
        return None
    return present[0] if len(present) == 1 else exp.and_(*present, copy=False)


def every(conditions: Sequence[Expression]) -> Expression:
    """At least one condition, joined by AND."""
    return conditions[0] if len(conditions) == 1 else exp.and_(*conditions, copy=False)


def some(conditions: Sequence[Expression]) -> Expression:
    """At least one condition, joined by OR."""
    return conditions[0] if len(conditions) == 1 else exp.or_(*conditions, copy=False)


def choose(options: Iterable[tuple[Expression, Expression]], otherwise: Expression | None = None) -> Expression:
    """``CASE WHEN condition THEN value ... ELSE otherwise END``."""
    return exp.Case(ifs=[exp.If(this=condition, true=value) for condition, value in options], default=otherwise)


def when(condition: Expression | None, value: Expression) -> Expression:
    """The value where the condition holds, else NULL; just the value without a condition."""
    return value if condition is None else choose([(condition, value)])


def array(values: Iterable[Expression]) -> Expression:
    """A list of values as the dialect writes it."""
    return exp.Array(expressions=list(values))


def overlaps(left: Expression, right: Expression) -> Expression:
    """``left && right`` of two arrays."""
    return exp.ArrayOverlaps(this=left, expression=right)


def contains_all(left: Expression, right: Expression) -> Expression:
    """``left @> right`` of two arrays."""
    return exp.ArrayContainsAll(this=left, expression=right)


def unnested(values: Expression, alias: str) -> Expression:
    """``UNNEST(values) AS alias``, a table of one column of that name."""
    return exp.Alias(this=call("UNNEST", values), alias=exp.Identifier(this=alias))


def function_of(parameter: str, body: Expression) -> Expression:
    """``parameter -> body``."""
    return exp.Lambda(this=body, expressions=[exp.Identifier(this=parameter)])


def parameter(name: str) -> Expression:
    """The parameter of a `function_of`."""
    return exp.Identifier(this=name)


def word(name: str) -> Expression:
    """A bare word, as the units of time are."""
    return exp.Var(this=name)


def at_zone(moment: Expression, zone: str) -> Expression:
    """``moment AT TIME ZONE 'zone'``."""
    return exp.AtTimeZone(this=moment, zone=string(zone))


def extract(part: str, moment: Expression) -> Expression:
    """``EXTRACT(part FROM moment)``."""
    return exp.Extract(this=word(part), expression=moment)


def collate(text: Expression, collation: str) -> Expression:
    """``text COLLATE "collation"``."""
    return exp.Collate(this=text, expression=identifier(collation))


def over(
    function: Expression,
    *,
    partition: Sequence[Expression] = (),
    order: Expression | None = None,
    rows: tuple[str, str] | None = None,
) -> Expression:
    """``function OVER (PARTITION BY ... ORDER BY ... ROWS BETWEEN ... AND ...)``."""
    spec = None
    if rows is not None:
        spec = exp.WindowSpec(kind="ROWS", start=exp.Var(this=rows[0]), end=exp.Var(this=rows[1]))
    return exp.Window(
        this=function,
        partition_by=list(partition),
        order=None if order is None else exp.Order(expressions=[order]),
        spec=spec,
        over="OVER",
    )


def descending(operand: Expression) -> Expression:
    """``operand DESC``."""
    return exp.Ordered(this=operand, desc=True)


def select(
    columns: Sequence[Expression],
    source: Expression,
    *,
    joins: Sequence[Expression] = (),
    where: Expression | None = None,
    group: Sequence[Expression] = (),
    having: Expression | None = None,
) -> exp.Select:
    """``SELECT columns FROM source joins WHERE where GROUP BY group HAVING having``."""
    return exp.Select(
        expressions=list(columns),
        from_=exp.From(this=source),
        joins=list(joins),
        where=None if where is None else exp.Where(this=where),
        group=exp.Group(expressions=list(group)) if group else None,
        having=None if having is None else exp.Having(this=having),
    )


def left_join(joined: Expression, on: Expression) -> exp.Join:
    """``LEFT JOIN joined ON on``."""
    return exp.Join(this=joined, side="LEFT", on=on)


def union_all(queries: Sequence[exp.Query]) -> exp.Query:
    """The rows of all queries."""
    result = queries[0]
    for query in queries[1:]:
        result = exp.Union(this=result, expression=query, distinct=False)
    return result


def setting(name: str, value: int) -> Expression:
    """``name = value``, for SETTINGS."""
    return exp.EQ(this=exp.Var(this=name), expression=integer(value))


def cte(name: str, query: exp.Query) -> exp.CTE:
    """``"name" AS (query)``."""
    return exp.CTE(this=query, alias=exp.TableAlias(this=identifier(name)))
