"""Worlds whose every name and text tries to leave its quotes, and a reader of SQL that knows what is quoted.

The reader is ours on purpose: the library that writes the SQL should not be the one that judges it.
"""

import re
from random import Random
from typing import Any

from tests.rules.oracle.world import Value, World

MARK = "zqé"
"""In every hostile text; no column can hold it, because columns are ASCII."""
TRICKS = (
    "'", "''", '"', '""', "`", "´", "\\", "\\'", "\\\\'", "--", "-- \n", "#", "/*", "*/", "*/ /*", ";",
    "); DROP TABLE users; --", "' OR 1=1 --", "\\' OR 1=1 --", "$$", "$a$", "$1", "${a}", "{{ a }}", "{a:b}", "{% x %}",
    "%s", "%(a)s", "?", ":c", "@v", "\n", "\r", "\t", "\u2028", "\u2019", "\uff07", "\u02bc", "\\u0027", "\\x27",
    "&apos;", "E'", "N'", "U&'", "r'", "0x27", "'||'", "'+'", "\x1b", "\x7f", "\u202e", "\ufeff", "' UNION SELECT 1 --",
    "'/**/OR/**/'", "\\n", "\\0",
)  # fmt: skip
WITH_BACKSLASHES = ("clickhouse", "spark")
COMMENT = r"/\*.*?\*/|--[^\n]*"


def spoil(world: World, random: Random) -> None:
    """Gives every name and text of a world something hostile, in place; a text may become longer, never equal."""

    def spoiled(text: str) -> str:
        tricks = [random.choice(TRICKS) for _ in range(random.randint(1, 3))]
        return "".join([text, *tricks, MARK, random.choice(TRICKS)])

    names = {name: spoiled(name) for name in {*world.profile_traits, *world.company_traits, *world.event_properties}}
    names |= {key: spoiled(key) for kinds in world.event_properties.values() for key in kinds if key not in names}

    def renamed(values: dict[str, Any]) -> dict[str, Any]:
        return {names[key]: value for key, value in values.items()}

    def valued(values: dict[str, Value]) -> dict[str, Value]:
        return {names[key]: _spoiled_value(value, spoiled) for key, value in values.items()}

    world.profile_traits, world.company_traits = renamed(world.profile_traits), renamed(world.company_traits)
    world.event_properties = {names[name]: renamed(kinds) for name, kinds in world.event_properties.items()}
    for person in world.profiles:
        person.traits = valued(person.traits)
    for company in world.companies:
        company.traits = valued(company.traits)
    for happening in world.happenings:
        happening.name, happening.properties = names[happening.name], valued(happening.properties)


def _spoiled_value(value: Value, spoiled: Any) -> Value:
    if isinstance(value, str):
        return str(spoiled(value))
    return [spoiled(text) for text in value] if isinstance(value, list) else value


def as_pattern(text: str) -> str:
    """A pattern that finds just this text."""
    return "".join(f"\\{sign}" if re.fullmatch(r"[!-/:-@\[-`{-~]", sign) else sign for sign in text)


def unquoted(sql: str, dialect: str, *, comments: bool) -> str:
    """What is left of a query without its literals and, if they are allowed, its comments."""
    literal = r"'(?:[^'\\]|''|\\.)*'" if dialect in WITH_BACKSLASHES else r"'(?:[^']|'')*'"
    quoted = rf"{literal}|{COMMENT}" if comments else literal
    return re.sub(quoted, "", sql, flags=re.DOTALL)


def marks(sql: str) -> int:
    """How much hostile text is in a query."""
    return sql.count(MARK)
