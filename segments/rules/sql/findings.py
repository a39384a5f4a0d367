"""What is known of every node of a tree, and how it becomes known to the members of the scope above."""

from dataclasses import dataclass

from segments.rules.nodes import Rule
from segments.rules.sql.build import Expression, call, choose, coalesce, column, compare, false, integer, named
from segments.rules.sql.conditions import Condition


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a node for each member: a settled condition, and the value of a leaf where it has one."""

    node: Rule
    holds: Expression
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule compiled: its condition, and the findings of it and of what is below it, in document order."""

    condition: Condition
    findings: tuple[Finding, ...] = ()


def lift_company(name: str, findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], list[Expression]]:
    """The findings of a company as columns of `name`, and as findings of its people."""
    columns: list[Expression] = []
    lifted = []
    for number, finding in enumerate(findings):
        columns.append(named(finding.holds, f"holds_{number}"))
        value = None
        if finding.value is not None:
            columns.append(named(finding.value, f"value_{number}"))
            value = column(name, f"value_{number}")
        held = coalesce(column(name, f"holds_{number}"), false())
        lifted.append(Finding(finding.node, held, value))
    return tuple(lifted), columns


def lift_people(name: str, findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], list[Expression]]:
    """The findings of people as numbers of people in columns of `name`; one is enough for the company."""
    columns: list[Expression] = []
    lifted = []
    for number, finding in enumerate(findings):
        columns.append(named(number_of(finding.holds), f"people_{number}"))
        people = coalesce(column(name, f"people_{number}"), integer(0))
        lifted.append(Finding(finding.node, compare(people, ">=", integer(1)), people.copy()))
    return tuple(lifted), columns


def number_of(condition: Expression) -> Expression:
    """How many members satisfy a condition."""
    return call("COUNT", choose([(condition, integer(1))]))
