"""Which column is which: identifiers by their names here or in the tracking API, everything else a value by its key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pyarrow as pa

from profiles.ingest.options import Options
from profiles.ingest.readers import Broken, Records, Table
from profiles.ingest.refusals import ImportRefusedError, WrongUseError
from profiles.ingest.values import NULL, described, shown

Found: TypeAlias = "pa.Array | list[Any]"
"""The values of one column of a chunk: those of a `Table`, or of JSON lines, None for nothing and NULL for null."""
COMPANY = ("company_id", "companyId", "groupId", "group_id", "context.groupId")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is about: its identifiers with the names they go by, and what its other columns are.

    `nested` is the object of JSON lines that holds the values. With `flat`, a line without it holds them itself.
    """

    what: str
    value: str
    roles: Mapping[str, tuple[str, ...]]
    nested: str
    flat: bool
    any_case: frozenset[str] = frozenset()
    envelope: frozenset[str] = frozenset()


ENVELOPE = frozenset(
    {"type", "context", "integrations", "sentAt", "receivedAt", "originalTimestamp", "channel", "version", "writeKey"}
    | {"messageId", "timestamp", "anonymousId", "userId", "groupId"}
)
PEOPLE = Kind(
    what="profiles",
    value="trait",
    roles={
        "external_id": ("external_id", "userId", "user_id"),
        "email": ("email", "e-mail"),
        "phone": ("phone",),
        "company_id": COMPANY,
    },
    nested="traits",
    flat=True,
    any_case=frozenset({"email", "phone"}),
    envelope=ENVELOPE,
)
COMPANIES = Kind(
    what="companies",
    value="trait",
    roles={"external_id": ("external_id", *COMPANY)},
    nested="traits",
    flat=True,
    envelope=ENVELOPE,
)
EVENTS = Kind(
    what="events",
    value="property",
    roles={
        "event": ("event",),
        "user_id": ("user_id", "userId"),
        "anonymous_id": ("anonymous_id", "anonymousId"),
        "company_id": COMPANY,
        "timestamp": ("timestamp",),
        "message_id": ("message_id", "messageId"),
    },
    nested="properties",
    flat=False,
    envelope=ENVELOPE | {"name"},
)


@dataclass(frozen=True, slots=True)
class Named:
    """A chunk whose columns have their meaning. Cells are texts unless `typed`; see `Table`."""

    lines: Sequence[int]
    roles: dict[str, Found]
    fields: dict[str, Found]
    broken: list[Broken]
    typed: bool
    raws: Table | Records

    def raw(self, position: int) -> Any:
        """One row as it was read, counted within the chunk."""
        return self.raws.raw(position) if isinstance(self.raws, Table) else self.raws.records[position]


@dataclass(slots=True)
class Namer:
    """Gives the columns of one command's files their meaning."""

    kind: Kind
    options: Options
    original: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    left_out: dict[str, int] = field(default_factory=dict)
    _meanings: dict[tuple[str, ...], dict[str, tuple[str | None, str]]] = field(default_factory=dict)
    _keys: dict[str, tuple[str | None, str, bool]] = field(default_factory=dict)

    def name(self, chunk: Table | Records) -> Named:
        """A chunk with the meaning of its columns."""
        if isinstance(chunk, Table):
            return self._table(chunk)
        return self._records(chunk)

    def column_of(self, key: str) -> str:
        """The name that the column of a trait or property has in the files."""
        return self.original.get(key, key)

    def check_used(self) -> None:
        """Raises `WrongUseError` for an option that names a column of no file. To be called when all were read."""
        named = {
            "--id": [self.options.id_column] if self.options.id_column else [],
            "--map": self.options.renames,
            "--skip": self.options.skipped,
            "--list": self.options.separators,
            "--date": self.options.date_forms,
        }
        for option, columns in named.items():
            for column in columns:
                if column not in self.seen:
                    there = ", ".join(map(shown, sorted(self.seen)[:30]))
                    raise WrongUseError(f"{option}: no file has a column {shown(column)}; there are {there}")

    def _table(self, chunk: Table) -> Named:
        meanings = self._meaning(tuple(chunk.columns))
        roles: dict[str, Found] = {}
        fields: dict[str, Found] = {}
        for column, (role, key) in meanings.items():
            (fields if role is None else roles)[key if role is None else role] = chunk.columns[column]
        return Named(chunk.lines, roles, fields, chunk.broken, chunk.typed, chunk)

    def _meaning(self, header: tuple[str, ...]) -> dict[str, tuple[str | None, str]]:
        """Column → (identifier or None, key) for the columns of one file."""
        if header in self._meanings:
            return self._meanings[header]
        self.seen.update(header)
        meanings: dict[str, tuple[str | None, str]] = {}
        holders: dict[str, str] = {}
        for column in header:
            if column in self.options.skipped:
                continue
            role, key = self._role(column)
            holder = role or f"{self.kind.value} {key}"
            if holder in holders:
                raise ImportRefusedError(
                    f"the columns {shown(holders[holder])} and {shown(column)} would both be the {holder}; "
                    "leave one out with --skip, or give it another name with --map COLUMN=NAME"
                )
            holders[holder] = column
            meanings[column] = (role, key)
            self.original[key] = column
        self._meanings[header] = meanings
        return meanings

    def _role(self, column: str) -> tuple[str | None, str]:
        """The identifier that a column is, if it is one, and its key."""
        renamed = self.options.renames.get(column)
        name = renamed or column
        if column == self.options.id_column:
            return "external_id", name
        for role, names in self.kind.roles.items():
            if role == "external_id" and self.options.id_column is not None:
                continue
            if name in names or (renamed is None and role in self.kind.any_case and name.lower() in names):
                return role, name
        return None, name

    def _records(self, chunk: Records) -> Named:
        roles: list[dict[str, Any]] = []
        fields: list[dict[str, Any]] = []
        good: list[int] = []
        broken = list(chunk.broken)
        for position, record in enumerate(chunk.records):
            nested = record.get(self.kind.nested)
            if nested is not None and not isinstance(nested, dict):
                reason = f"{self.kind.nested} is {described(nested)}, not an object"
                broken.append(Broken(chunk.lines[position], reason, record))
                continue
            good.append(position)
            roles.append({})
            fields.append({})
            self._outer(record, nested, roles[-1], fields[-1])
            self._inner(nested or {}, roles[-1], fields[-1])
        lines = [chunk.lines[position] for position in good]
        raws = Records(lines, [chunk.records[position] for position in good], [])
        return Named(lines, _columns(roles), _columns(fields), broken, typed=True, raws=raws)

    def _outer(self, record: Mapping[str, Any], nested: object, roles: dict[str, Any], fields: dict[str, Any]) -> None:
        for column, value in record.items():
            if column == self.kind.nested:
                continue
            role, key, skipped = self._of_key(column)
            if skipped:
                continue
            if role is not None:
                if roles.get(role) is None:
                    roles[role] = value
            elif self.kind.flat and nested is None:
                fields[key] = value
            elif column not in self.kind.envelope:
                self.left_out[column] = self.left_out.get(column, 0) + 1
        context = record.get("context")
        if isinstance(context, dict) and context.get("groupId") is not None and "company_id" in self.kind.roles:
            roles.setdefault("company_id", context["groupId"])

    def _inner(self, nested: Mapping[str, Any], roles: dict[str, Any], fields: dict[str, Any]) -> None:
        """Traits may hold e-mail and phone; any other value becomes an identifier only if --map or --id says so."""
        for column, value in nested.items():
            role, key, skipped = self._of_key(column)
            if skipped:
                continue
            chosen = column in self.options.renames or column == self.options.id_column or role in self.kind.any_case
            if role is not None and chosen:
                roles.setdefault(role, value)
            else:
                fields[key] = value

    def _of_key(self, column: str) -> tuple[str | None, str, bool]:
        """Identifier or None, key, and whether the column is left out, for a key of JSON lines."""
        found = self._keys.get(column)
        if found is None:
            role, key = self._role(column)
            found = self._keys[column] = (role, key, column in self.options.skipped)
            self.seen.add(column)
            self.original[key] = column
        return found


def _columns(rows: list[dict[str, Any]]) -> dict[str, Found]:
    """Rows as columns: None where a row lacks the key, NULL where it holds JSON's null."""
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    return {name: [_present(row, name) for row in rows] for name in names}


def _present(row: dict[str, Any], name: str) -> Any:
    value = row.get(name)
    return NULL if value is None and name in row else value


def missing_roles(kind: Kind, roles: Iterable[str], needed: Iterable[str]) -> list[str]:
    """Which of the needed identifiers a file has not."""
    there = set(roles)
    return [f"{role} ({' or '.join(kind.roles[role])})" for role in needed if role not in there]
