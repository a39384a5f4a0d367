"""The rival's tables: as somebody who knows ClickHouse would lay out the world for such questions.

MergeTree, events in one table ordered by name, profile and time, exact types, no Nullable where nothing is missing,
merged into one part before anything is timed. Ids are the numbers of the world's external ids.
"""

from bench.world.files import WorldFiles
from bench.world.shape import EVENTS

USERS = """
CREATE TABLE users (
    id UInt64,
    company_id UInt64,
    country LowCardinality(Nullable(String)),
    city LowCardinality(Nullable(String)),
    language LowCardinality(Nullable(String)),
    plan LowCardinality(Nullable(String)),
    job_title LowCardinality(Nullable(String)),
    lifetime_value Nullable(Float64),
    lead_score Nullable(Float64),
    seats Nullable(Float64),
    newsletter Nullable(Bool),
    signed_up_at DateTime64(6, 'UTC'),
    birthday Nullable(DateTime64(6, 'UTC')),
    interests Array(LowCardinality(String))
) ENGINE = MergeTree ORDER BY id
"""
ACCOUNTS = """
CREATE TABLE accounts (
    id UInt64,
    industry LowCardinality(Nullable(String)),
    region LowCardinality(String),
    tier LowCardinality(Nullable(String)),
    employees Nullable(Float64),
    revenue Nullable(Float64),
    customer_since Nullable(DateTime64(6, 'UTC'))
) ENGINE = MergeTree ORDER BY id
"""
EVENT_COLUMNS = {
    "path": "LowCardinality(String)",
    "referrer": "LowCardinality(Nullable(String))",
    "seconds": "Nullable(Float64)",
    "category": "LowCardinality(String)",
    "price": "Float64",
    "device": "LowCardinality(String)",
    "method": "LowCardinality(String)",
    "query": "LowCardinality(String)",
    "results": "Float64",
    "items": "Float64",
    "amount": "Float64",
    "total": "Float64",
    "coupon": "LowCardinality(Nullable(String))",
    "campaign": "LowCardinality(String)",
    "link": "LowCardinality(String)",
    "feature": "LowCardinality(String)",
    "kind": "LowCardinality(String)",
    "currency": "LowCardinality(String)",
    "severity": "LowCardinality(String)",
    "topic": "LowCardinality(String)",
    "from_plan": "LowCardinality(String)",
    "to_plan": "LowCardinality(String)",
    "monthly": "Float64",
}
COLUMNS = {"from": "from_plan", "to": "to_plan"}
"""What the rival calls the properties whose names are SQL's."""
NUMBER = "toUInt64OrZero(substring(ifNull({}, ''), 2))"


def statements(files: WorldFiles) -> list[str]:
    """Everything that makes and fills the tables, in order."""
    columns = ", ".join(f"{name} {kind}" for name, kind in EVENT_COLUMNS.items())
    events = (
        "CREATE TABLE events (name LowCardinality(String), user_id UInt64, account_id UInt64, "
        f"timestamp DateTime64(6, 'UTC'), message_id String, {columns}) "
        "ENGINE = MergeTree ORDER BY (name, user_id, timestamp)"
    )
    fill = [
        (
            f"INSERT INTO users SELECT {NUMBER.format('external_id')}, {NUMBER.format('company_id')}, "
            f"* EXCEPT (external_id, email, phone, company_id) FROM file('{files.profiles}', Parquet)"
        ),
        (
            f"INSERT INTO accounts SELECT {NUMBER.format('external_id')}, * EXCEPT (external_id) "
            f"FROM file('{files.companies}', Parquet)"
        ),
        *(_fill_events(files, name) for name in EVENTS),
    ]
    merge = [f"OPTIMIZE TABLE {table} FINAL" for table in ("users", "accounts", "events")]
    return [USERS, ACCOUNTS, events, *fill, *merge]


def _fill_events(files: WorldFiles, name: str) -> str:
    columns = ", ".join(COLUMNS.get(key, key) for key in EVENTS[name])
    values = ", ".join(f'"{key}"' for key in EVENTS[name])
    return (
        f"INSERT INTO events (name, user_id, account_id, timestamp, message_id, {columns}) "
        f"SELECT '{name}', {NUMBER.format('user_id')}, {NUMBER.format('company_id')}, timestamp, message_id, {values} "
        f"FROM file('{files.events(name)}', Parquet)"
    )
