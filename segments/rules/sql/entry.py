"""The three ways in: SQL to read, the members for the engine, and every node for previews and explanations."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlglot import exp

from segments.rules.catalogue import Catalogue, Unit
from segments.rules.nodes import Definition, Rule
from segments.rules.sql.build import Expression, compare, named
from segments.rules.sql.compiler import Compiler
from segments.rules.sql.dialects.base import utc
from segments.rules.sql.scan import Scan
from segments.rules.sql.writing import ENGINE, primitives_of, write
from segments.rules.words import Labels, describe, describe_rule

NO_MEMBERS: Final[Mapping[str, str]] = MappingProxyType({})
NO_LABELS: Final = Labels()
MEMBER_PARAMETER: Final = "member"


@dataclass(frozen=True, slots=True)
class MembersQuery:
    """DuckDB SQL with one column `id`: the members, each once. `scan` is what it reads."""

    sql: str
    scan: Scan


@dataclass(frozen=True, slots=True)
class NodeColumns:
    """The columns of a node: `holds` is a boolean; `value`, where there is one, is what a leaf measured.

    Below ``people`` a node holds if it does for one of the people, and its value is their number; below ``company``
    both are those of the person's company.
    """

    node: Rule
    holds: str
    value: str | None

    @property
    def path(self) -> str:
        """Where the node stands in the document."""
        return self.node.path


@dataclass(frozen=True, slots=True)
class NodesQuery:
    """DuckDB SQL with a column `id` and those of `nodes`, in document order, a row per member of the population.

    For one member it has the parameter ``$member``.
    """

    sql: str
    scan: Scan
    nodes: tuple[NodeColumns, ...]


def to_sql(
    definition: Definition,
    catalogue: Catalogue,
    as_of: datetime,
    dialect: str,
    *,
    default_timezone: str = "UTC",
    labels: Labels = NO_LABELS,
) -> str:
    """Readable SQL that selects the `id` of each member; references to segments are written out.

    `default_timezone` is that of referenced definitions which name none. Comments say in words what each part finds,
    with `labels` for names. Raises Unsupported where the dialect has no exact form.
    """
    compiler = Compiler(
        primitives_of(dialect),
        catalogue,
        as_of,
        members=NO_MEMBERS,
        default_timezone=default_timezone,
        shared=False,
        findings=False,
        describe=lambda rule, unit: _words(rule, unit, labels),
    )
    query = _members(compiler, definition)
    query.add_comments([as_comment(f"{describe(definition, labels)} As of {utc(as_of)} UTC.")])
    return write(query, dialect, pretty=True) + "\n"


def compile_members(
    definition: Definition,
    catalogue: Catalogue,
    as_of: datetime,
    members: Mapping[str, str] = NO_MEMBERS,
    *,
    default_timezone: str = "UTC",
) -> MembersQuery:
    """The query for the members over a snapshot; `members` names, by segment key, relations with a column `id`."""
    compiler = _engine_compiler(catalogue, as_of, members, default_timezone, findings=False)
    query = _members(compiler, definition)
    return MembersQuery(write(query), compiler.notes.scan())


def compile_nodes(
    definition: Definition,
    catalogue: Catalogue,
    as_of: datetime,
    members: Mapping[str, str] = NO_MEMBERS,
    *,
    default_timezone: str = "UTC",
    one_member: bool = False,
) -> NodesQuery:
    """The query for every node of the tree, for the whole population or for the one ``$member``."""
    compiler = _engine_compiler(catalogue, as_of, members, default_timezone, findings=True)
    scope = compiler.scope(definition.unit, definition.timezone)
    findings = compiler.compile(definition.rule, scope).findings
    columns: list[Expression] = [scope.named_id]
    nodes = []
    for number, finding in enumerate(findings):
        holds, value = f"holds_{number}", None if finding.value is None else f"value_{number}"
        columns.append(named(finding.holds, holds))
        if value is not None and finding.value is not None:
            columns.append(named(finding.value, value))
        nodes.append(NodeColumns(finding.node, holds, value))
    where = compare(scope.id, "=", exp.Parameter(this=exp.Var(this=MEMBER_PARAMETER))) if one_member else None
    query = compiler.finish(scope.query(columns, where))
    return NodesQuery(write(query), compiler.notes.scan(), tuple(nodes))


def _words(rule: Rule, unit: Unit, labels: Labels) -> str:
    noun = "people" if unit is Unit.PROFILE else "companies"
    return as_comment(f"{noun} {describe_rule(rule, unit, labels)}")


def as_comment(words: str) -> str:
    """Words that can't end or open a comment, nor start a line.

    Straight quotes become typographic ones: DuckDB counts them in comments too when it looks for unusual spaces to
    replace, and after an odd number of them it would replace those inside texts.
    """
    quoted = words.replace("'", "’").replace('"', "”")
    spaced = re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", quoted)).strip()
    return re.sub(r"\*(?=/)|/(?=\*)", r"\g<0> ", spaced)


def _engine_compiler(
    catalogue: Catalogue, as_of: datetime, members: Mapping[str, str], default_timezone: str, *, findings: bool
) -> Compiler:
    return Compiler(
        primitives_of(ENGINE),
        catalogue,
        as_of,
        members=members,
        default_timezone=default_timezone,
        shared=True,
        findings=findings,
        describe=None,
    )


def _members(compiler: Compiler, definition: Definition) -> exp.Select:
    scope = compiler.scope(definition.unit, definition.timezone)
    condition = compiler.compile(definition.rule, scope).condition
    return compiler.finish(scope.query([scope.named_id], condition.expression))
