"""SQL from definitions: text for people in nine dialects, and queries for the engine."""

from segments.rules.sql.dialects import DIALECTS
from segments.rules.sql.entry import MembersQuery, NodeColumns, NodesQuery, compile_members, compile_nodes, to_sql
from segments.rules.sql.parts import PartsQuery
from segments.rules.sql.scan import Scan, TableScan
from segments.rules.sql.sets import Combined, Complement, Formula, Members, Part, SetPlanner
from segments.rules.sql.unsupported import Unsupported

__all__ = [
    "DIALECTS",
    "Combined",
    "Complement",
    "Formula",
    "Members",
    "MembersQuery",
    "NodeColumns",
    "NodesQuery",
    "Part",
    "PartsQuery",
    "Scan",
    "SetPlanner",
    "TableScan",
    "Unsupported",
    "compile_members",
    "compile_nodes",
    "to_sql",
]
