"""What the compiler promises beside the members: what is read, every node, given members, harmless text."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from sqlglot import TokenType, tokenize

from segments.rules.parse import parse
from segments.rules.sql import DIALECTS, Scan, TableScan, Unsupported, compile_members, compile_nodes, to_sql
from segments.rules.sql.entry import as_comment
from tests.rules.oracle.definitions import Writer
from tests.rules.oracle.engines import DuckEngine
from tests.rules.oracle.layout import tables_of
from tests.rules.oracle.pairs import draw_case
from tests.rules.sample import CATALOGUE

AS_OF = datetime(2026, 3, 31, 12, tzinfo=UTC)
HOSTILE = "x' OR 1=1 /* ' \" ` \\ */ -- \n; DROP TABLE users ${a} {{b}} $1 :c ?"


def query_of(rule: dict[str, Any], unit: str = "profile") -> Any:
    return compile_members(parse({"unit": unit, "rule": rule}, CATALOGUE), CATALOGUE, AS_OF)


def test_traits_read_nothing_but_people() -> None:
    rule = {"any": [{"trait": "country", "op": "eq", "value": "DE"}, {"trait": "age", "op": "gt", "value": 30}]}
    assert query_of(rule).scan == Scan({"users": TableScan(frozenset({"id", "country", "age"}))})


def test_a_window_bounds_what_is_read_of_its_event() -> None:
    rule = {"event": "logged_in", "op": "gt", "value": 15, "window": {"last": "30 days"}}
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert query_of(rule).scan == Scan(
        {
            "logged_in": TableScan(frozenset({"user_id", "timestamp"}), start, AS_OF),
            "users": TableScan(frozenset({"id"})),
        }
    )


def test_two_leaves_of_one_event_read_it_once_over_both_windows() -> None:
    leaves = [
        {"event": "order_completed", "window": {"last": "1 day"}},
        {
            "event": "order_completed",
            "measure": "sum",
            "of": "total",
            "op": "gt",
            "value": 9,
            "window": {"last": "2 days"},
        },
    ]
    query = query_of({"all": leaves})
    assert query.sql.count('FROM "order_completed"') == 1
    assert query.scan.tables["order_completed"].start == datetime(2026, 3, 29, 12, tzinfo=UTC)


def test_events_of_companies_read_people_and_the_company_that_is_named() -> None:
    scan = query_of({"event": "logged_in"}, unit="company").scan
    assert scan.tables["logged_in"].columns == {"user_id", "account_id", "timestamp"}
    assert scan.tables["users"].columns == {"id", "company_id"}


def test_events_that_lack_the_property_are_not_read() -> None:
    rule = {"event": "*", "measure": "sum", "of": "seconds", "op": "gt", "value": 1}
    assert set(query_of(rule).scan.tables) == {"page_viewed", "users"}


def test_scans_of_several_definitions_merge() -> None:
    first = Scan({"e": TableScan(frozenset({"a"}), AS_OF, AS_OF), "users": TableScan(frozenset({"id"}))})
    second = Scan({"e": TableScan(frozenset({"b"}), None, datetime(2027, 1, 1, tzinfo=UTC))})
    merged = first.merged(second).tables
    assert merged["e"] == TableScan(frozenset({"a", "b"}), None, datetime(2027, 1, 1, tzinfo=UTC))
    assert merged["users"] == TableScan(frozenset({"id"}))


def test_given_members_stand_in_for_a_segment() -> None:
    engine = DuckEngine()
    engine.connection.execute("CREATE TABLE users AS SELECT unnest([1, 2, 3]) AS id")
    engine.connection.execute("CREATE TABLE _members_0 AS SELECT 2 AS id")
    definition = parse({"unit": "profile", "rule": {"not": {"segment": "vips"}}}, CATALOGUE)
    given = compile_members(definition, CATALOGUE, AS_OF, {"vips": "_members_0"})
    assert sorted(engine.ids(given.sql)) == [1, 3]
    assert engine.ids(compile_members(definition, CATALOGUE, AS_OF).sql) == []


@pytest.mark.parametrize("seed", range(12))
def test_every_node_of_one_member_is_as_in_the_query_for_all(seed: int) -> None:
    case = draw_case(seed)
    engine = DuckEngine()
    engine.load(tables_of(case.world))
    writer, zone = Writer(Random(seed), case.world), case.world.timezone
    definition = writer.definition()
    parsed = parse(definition, case.catalogue, default_timezone=zone)
    everybody = compile_nodes(parsed, case.catalogue, case.world.as_of, default_timezone=zone)
    rows = {row[0]: row for row in engine.rows(everybody.sql)}
    one = compile_nodes(parsed, case.catalogue, case.world.as_of, default_timezone=zone, one_member=True)
    member = min(rows)
    assert engine.rows(one.sql, {"member": member}) == [rows[member]]
    assert one.nodes[0].path == "rule"
    assert all(isinstance(row[1], bool) for row in rows.values())


def test_nodes_tell_what_leaves_measured() -> None:
    engine = DuckEngine()
    engine.connection.execute("CREATE TABLE users AS SELECT 1 AS id, 10 AS company_id, 'DE' AS country")
    engine.connection.execute("INSERT INTO users VALUES (2, 10, NULL)")
    engine.connection.execute("CREATE TABLE accounts AS SELECT 10 AS id, 250.0 AS employees")
    engine.connection.execute(
        "CREATE TABLE logged_in AS SELECT 1 AS user_id, NULL::INT AS account_id, "
        "TIMESTAMPTZ '2026-03-30 00:00:00+00' AS timestamp FROM range(3)"
    )
    inside = {"all": [{"trait": "employees", "op": "gt", "value": 100}, {"people": {"event": "logged_in"}}]}
    leaves = [
        {"event": "logged_in", "op": "gte", "value": 5},
        {"not": {"trait": "country", "op": "eq", "value": "DE"}},
        {"company": inside},
    ]
    definition = parse({"unit": "profile", "rule": {"any": leaves}}, CATALOGUE)
    query = compile_nodes(definition, CATALOGUE, AS_OF)
    found = query_rows(engine, query.sql)
    told = {node.path: [(row[node.holds], node.value and row[node.value]) for row in found] for node in query.nodes}
    assert told == {
        "rule": [(True, None), (True, None)],
        "rule.any[0]": [(False, 3), (False, 0)],
        "rule.any[1]": [(False, None), (True, None)],
        "rule.any[1].not": [(True, "DE"), (False, None)],
        "rule.any[2]": [(True, None), (True, None)],
        "rule.any[2].company": [(True, None), (True, None)],
        "rule.any[2].company.all[0]": [(True, 250.0), (True, 250.0)],
        "rule.any[2].company.all[1]": [(True, None), (True, None)],
        "rule.any[2].company.all[1].people": [(True, 1), (True, 1)],
    }


def query_rows(engine: DuckEngine, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.connection.sql(sql).to_arrow_table().sort_by("id").to_pylist()
    return rows


@pytest.mark.parametrize("dialect", DIALECTS)
def test_hostile_text_stays_inside_literals_and_comments(dialect: str) -> None:
    rule = {
        "all": [
            {"trait": "country", "op": "in", "value": [HOSTILE, "b"]},
            {"event": "page_viewed", "where": [{"property": "path", "op": "contains", "value": HOSTILE}]},
        ]
    }
    sql = to_sql(parse({"unit": "profile", "rule": rule}, CATALOGUE), CATALOGUE, AS_OF, dialect)
    tame = to_sql(parse({"unit": "profile", "rule": _replaced(rule)}, CATALOGUE), CATALOGUE, AS_OF, dialect)
    assert _code(sql, dialect) == _code(tame, dialect)
    assert any("DROP" in token.text for token in tokenize(sql, read=dialect) if token.token_type == TokenType.STRING)


def _replaced(rule: Any) -> Any:
    if isinstance(rule, dict):
        return {key: _replaced(value) for key, value in rule.items()}
    if isinstance(rule, list):
        return [_replaced(value) for value in rule]
    return "a${b}" if rule == HOSTILE else rule


def _code(sql: str, dialect: str) -> list[str]:
    """The tokens of a query but for what its texts say."""
    return ["text" if token.token_type == TokenType.STRING else token.text for token in tokenize(sql, read=dialect)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a */ b", "a * / b"),
        ("/*/ x", "/ * / x"),
        ("a\n--b\x00", "a --b"),
        ("**/", "** /"),
        ("//**", "// **"),
        ('it\'s a "b"', "it’s a ”b”"),
    ],
)
def test_words_cannot_leave_a_comment(words: str, expected: str) -> None:
    assert as_comment(words) == expected


def test_the_query_of_the_engine_holds_no_comments() -> None:
    query = query_of({"event": "page_viewed", "where": [{"property": "path", "op": "eq", "value": "a */ b"}]})
    assert query.sql.count("/*") == 0
    assert query.sql.count("*/") == 1


@pytest.mark.parametrize(
    ("leaf", "node"),
    [
        ({"trait": "country", "op": "matches", "value": "a+"}, "matches"),
        ({"trait": "interests", "op": "has_any", "value": ["a"]}, "has_any"),
        ({"trait": "interests", "op": "has_none", "value": ["a"], "ignore_case": True}, "ignore_case on a list"),
    ],
)
def test_what_a_dialect_cannot_say_is_refused_by_name(leaf: dict[str, Any], node: str) -> None:
    definition = parse({"unit": "profile", "rule": leaf}, CATALOGUE)
    with pytest.raises(Unsupported, match=f"^redshift can't express {node} exactly: ") as refused:
        to_sql(definition, CATALOGUE, AS_OF, "redshift")
    assert (refused.value.node, refused.value.dialect) == (node, "redshift")


def test_an_unknown_dialect_is_refused() -> None:
    definition = parse({"unit": "profile", "rule": {"everyone": True}}, CATALOGUE)
    with pytest.raises(Unsupported, match="there is no such dialect"):
        to_sql(definition, CATALOGUE, AS_OF, "mysql")


def test_all_of_no_people_is_false_and_none_of_them_is_true() -> None:
    engine = DuckEngine()
    engine.connection.execute("CREATE TABLE users AS SELECT 1 AS id, 10 AS company_id, 'DE' AS country")
    engine.connection.execute("INSERT INTO users VALUES (2, 11, 'DE'), (3, 11, 'FR')")
    engine.connection.execute("CREATE TABLE accounts AS SELECT unnest([10, 11, 12]) AS id")
    german = {"people": {"trait": "country", "op": "eq", "value": "DE"}}
    found = {}
    for quantifier in ("any", "all", "none"):
        rule = {**german, "quantifier": quantifier}
        definition = parse({"unit": "company", "rule": {"any": [rule, {"not": {"not": rule}}]}}, CATALOGUE)
        found[quantifier] = sorted(engine.ids(compile_members(definition, CATALOGUE, AS_OF).sql))
        rows = query_rows(engine, compile_nodes(definition, CATALOGUE, AS_OF).sql)
        assert sorted(row["id"] for row in rows if row["holds_0"]) == found[quantifier]
    assert found == {"any": [10, 11], "all": [10], "none": [12]}
