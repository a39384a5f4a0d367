"""Why one member is in or out: every node of a definition with its truth, every leaf with what was found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib import clock
from segments.engine import nodes, queries
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.instants import format_instant
from segments.rules.nodes import All, At, Definition, InCompany, Not, People, Rule
from segments.rules.nodes import Any as AnyOf
from segments.rules.sql import NodeColumns, NodesQuery
from segments.rules.words import Labels
from segments.rules.words.actual import Measured, branch_words, leaf_words, number_of_people, people_words

HAS_COMPANY = "has_company"
NO_COMPANY = "belongs to no company"


@dataclass(frozen=True, slots=True)
class WhyNode:
    """One rule of the tree: whether it holds, in words with what was found, and the value of a leaf.

    `kind` is the key that makes the rule in a definition. Below ``people``, `holds` says whether the rule is true of
    one of the company's people, and `value` of how many. A leaf without a value has None.
    """

    path: str
    kind: str
    holds: bool
    words: str
    value: Measured
    rules: tuple["WhyNode", ...]

    def as_json(self) -> dict[str, Any]:
        """The form in which commands and the API show it."""
        value = format_instant(At(self.value)) if isinstance(self.value, datetime) else self.value
        plain = {"path": self.path, "kind": self.kind, "holds": self.holds, "words": self.words, "value": value}
        return plain | {"rules": [rule.as_json() for rule in self.rules]}


@dataclass(frozen=True, slots=True)
class Why:
    """The answer at `as_of`; `tree` is None for one who is not in the population, and so no member of anything."""

    tree: WhyNode | None
    as_of: datetime
    milliseconds: float

    @property
    def member(self) -> bool:
        """Whether the definition holds."""
        return self.tree is not None and self.tree.holds


def why(
    definition: Definition,
    member: int,
    *,
    catalogue: Catalogue,
    labels: Labels,
    as_of: datetime | None = None,
    seconds: float = queries.SECONDS,
) -> Why:
    """The tree for the profile or company of an id, from one query over one snapshot. Raises `EngineError`."""
    moment = as_of or clock.now()
    query = nodes.compiled(definition, catalogue, moment, one_member=True)
    found = nodes.read(query.scan, explaining(query), moment, {"member": member}, seconds=seconds)
    rows = found.table.to_pylist()
    if not rows:
        return Why(None, moment, found.milliseconds)
    return Why(tree_of(definition, query, rows[0], labels), moment, found.milliseconds)


def explaining(query: NodesQuery) -> str:
    """The query, and where it asks for companies, whether the person has one."""
    if not any(isinstance(node.node, InCompany) for node in query.nodes):
        return query.sql
    company = "EXISTS (SELECT 1 FROM users JOIN accounts ON accounts.id = company_id WHERE users.id = members.id)"
    return f"SELECT members.*, {company} AS {HAS_COMPANY} FROM ({query.sql}) AS members"  # noqa: S608  our own names


def tree_of(definition: Definition, query: NodesQuery, row: Mapping[str, Any], labels: Labels) -> WhyNode:
    """The tree of a definition from a row of the query, by column."""
    return _Teller(row, iter(query.nodes), labels).tell(definition.rule, definition.unit)


class _Teller:
    """Walks the rules in the order of the query's columns, which is that of the document."""

    def __init__(self, row: Mapping[str, Any], columns: Iterator[NodeColumns], labels: Labels) -> None:
        self.row = row
        self.columns = columns
        self.labels = labels

    def tell(self, rule: Rule, unit: Unit) -> WhyNode:
        """The rule for the member itself, or for the member's company."""
        column = next(self.columns)
        holds, value = self.row[column.holds], column.value and self.row[column.value]
        match rule:
            case All(rules) | AnyOf(rules):
                below = tuple(self.tell(child, unit) for child in rules)
            case Not(child):
                below = (self.tell(child, unit),)
            case InCompany(child) if not self.row[HAS_COMPANY]:
                return WhyNode(rule.path, _kind(rule), holds, NO_COMPANY, None, (self.deny(child),))
            case InCompany(child):
                below = (self.tell(child, Unit.COMPANY),)
            case People(child):
                below = (self.count(child),)
                words = people_words(rule, _people(below[0]))
                return WhyNode(rule.path, _kind(rule), holds, words, None, below)
            case _:
                words = leaf_words(rule, unit, value, self.labels, holds=holds)
                return WhyNode(rule.path, _kind(rule), holds, words, value, ())
        words = branch_words(rule, [node.holds for node in below], holds=holds)
        return WhyNode(rule.path, _kind(rule), holds, words, None, below)

    def count(self, rule: Rule) -> WhyNode:
        """The rule for the people of a company: of how many it is true."""
        column = next(self.columns)
        value = self.row[column.value or ""] or 0
        below = tuple(self.count(child) for child in _below(rule))
        return WhyNode(rule.path, _kind(rule), self.row[column.holds], number_of_people(value), value, below)

    def deny(self, rule: Rule) -> WhyNode:
        """The rule for the company of somebody who has none: nothing is true of it."""
        next(self.columns)
        below = tuple(self.deny(child) for child in _below(rule))
        return WhyNode(rule.path, _kind(rule), holds=False, words=NO_COMPANY, value=None, rules=below)


def _people(node: WhyNode) -> int:
    return node.value if isinstance(node.value, int) else 0


def _below(rule: Rule) -> tuple[Rule, ...]:
    match rule:
        case All(rules) | AnyOf(rules):
            return rules
        case Not(child) | InCompany(child) | People(child):
            return (child,)
        case _:
            return ()


_KINDS = {"InCompany": "company", "SegmentRef": "segment"}


def _kind(rule: Rule) -> str:
    name = type(rule).__name__
    return _KINDS.get(name, name.lower())
