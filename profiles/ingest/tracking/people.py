"""Whom messages are about: identifiers looked up, added, taken away and brought together (docs/identity.md).

All messages of a request are decided in their order against what is stored, in memory; then everything is written
with a few statements. Whoever was faster with one of the rows makes the transaction begin anew.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from profiles.erasure import tombstones
from profiles.erasure.tombstones import Tombstone
from profiles.ingest.database import execute
from profiles.ingest.refusals import RefusedError
from profiles.ingest.tracking.messages import Message
from profiles.ingest.values import shown
from profiles.models import Identity

KINDS: tuple[str, ...] = (
    Identity.Kind.EXTERNAL_ID.value,
    Identity.Kind.EMAIL.value,
    Identity.Kind.PHONE.value,
    Identity.Kind.ANONYMOUS_ID.value,
)
"""Strongest first."""
SINGLE = frozenset({Identity.Kind.EMAIL.value, Identity.Kind.PHONE.value})
"""Of these a person has one: a new one takes the place of what was."""
ALIAS = "alias"
Named = tuple[str, str]
"""Kind and value of an identifier."""

OF_VALUES = """
    SELECT said.kind, said.value, i.profile_id, s.id IS NOT NULL
    FROM unnest(%s::text[], %s::text[]) AS said(kind, value)
    LEFT JOIN profiles_identity i ON i.kind = said.kind AND i.value = said.value
    LEFT JOIN profiles_sharedidentity s ON s.kind = said.kind AND s.value = said.value
    WHERE i.profile_id IS NOT NULL OR s.id IS NOT NULL
"""
OF_PROFILES = "SELECT kind, value, profile_id FROM profiles_identity WHERE profile_id = ANY(%s)"


@dataclass(slots=True, eq=False)
class Person:
    """A profile, stored or to be made. `values` holds what is known here of its identifiers, by kind; `into` the person
    that it turned out to be."""

    id: int | None = None
    values: dict[str, set[str]] = field(default_factory=dict)
    into: "Person | None" = None

    @property
    def now(self) -> "Person":
        """Who it turned out to be in the end."""
        person = self
        while person.into is not None:
            person = person.into
        return person

    @property
    def stored_id(self) -> int:
        """The id of the profile, once it is stored."""
        assert self.id is not None
        return self.id

    def has(self, kind: str) -> bool:
        """Whether it is recognised by something of this kind."""
        return bool(self.values.get(kind))

    @property
    def lasting(self) -> bool:
        """Whether it is somebody who counts."""
        return any(self.has(kind) for kind in Identity.LASTING)


@dataclass(frozen=True, slots=True)
class Joint:
    """`gone` is the same person as `stays`, by an identifier, or by an alias call with it."""

    stays: Person
    gone: Person
    by: str
    value: str


def may_be_one(kinds: Collection[str], owner: Person, shared: str) -> bool:
    """Whether somebody who is recognised by these kinds of identifiers may be the person who has a `shared` value: not
    if a stronger kind tells them apart."""
    stronger = KINDS[: KINDS.index(shared)]
    return not any(kind in kinds and owner.has(kind) for kind in stronger)


@dataclass(slots=True)
class Crowd:
    """All people that the messages of a request name. `made` have no id yet; of those `touched`, who are stored, a
    lasting identifier changes; `claims` are values that people name which are others'; `erased` those of people who
    were erased."""

    owners: dict[Named, Person] = field(default_factory=dict)
    shared: set[Named] = field(default_factory=set)
    stored: dict[int, Person] = field(default_factory=dict)
    made: list[Person] = field(default_factory=list)
    added: dict[Named, Person] = field(default_factory=dict)
    removed: list[Named] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    joints: list[Joint] = field(default_factory=list)
    claims: dict[Named, list[Person]] = field(default_factory=dict)
    erased: dict[Named, Tombstone] = field(default_factory=dict)

    @classmethod
    def around(cls, messages: Iterable[Message]) -> "Crowd":
        """Everybody who is known by what these messages say."""
        crowd = cls()
        named = {name for message in messages for name in _all_names(message)}
        if named:
            kinds, values = zip(*sorted(named), strict=True)
            for kind, value, profile, shared in execute(OF_VALUES, [list(kinds), list(values)]):
                if profile is not None:
                    crowd._know(kind, value, profile)
                if shared:
                    crowd.shared.add((kind, value))
        crowd.erased = tombstones.found(named - crowd.owners.keys())
        whole = crowd._in_doubt(messages)
        if whole:
            for kind, value, profile in execute(OF_PROFILES, [sorted(whole)]):
                crowd._know(kind, value, profile)
        return crowd

    def _know(self, kind: str, value: str, profile: int) -> None:
        person = self.stored.get(profile)
        if person is None:
            person = self.stored[profile] = Person(profile)
        person.values.setdefault(kind, set()).add(value)
        self.owners[kind, value] = person

    def _in_doubt(self, messages: Iterable[Message]) -> set[int]:
        """The profiles of which everything has to be known: those of messages that bring identifiers together."""
        found: set[int] = set()
        for message in messages:
            if len(message.named) > 1 or message.removed or message.previous:
                owners = {self.owners.get(name) for name in _all_names(message)}
                if len(owners) > 1 or message.removed:
                    found.update(owner.id for owner in owners if owner is not None and owner.id is not None)
        return found

    def tombstone(self, message: Message) -> Tombstone | None:
        """Of the person whom a message is about by its strongest identifier, or by the earlier id of an alias call."""
        names = [next((kind, message.named[kind]) for kind in KINDS if kind in message.named)]
        if message.previous:
            names.append((Identity.Kind.EXTERNAL_ID.value, message.previous))
        stones = ((kind, self.erased.get((kind, value))) for kind, value in names)
        return next((stone for kind, stone in stones if stone and stone.covers(kind, message.timestamp)), None)

    def resolve(self, message: Message) -> Person:
        """The person of a message; what it says about their identifiers is taken over.

        Raises `RefusedError` if it names nobody but by a value that too many share.
        """
        names = [(kind, message.named[kind]) for kind in KINDS if kind in message.named]
        telling = [name for name in names if name not in self.shared]
        if not telling:
            kind, value = names[0]
            raise RefusedError(f"{kind} {shown(value)} is used by too many people to tell who somebody is")
        person = self._owner(telling[0]) or self._nearest(telling) or self._make()
        for name in telling:
            self._say(person, name)
        for kind in message.removed:
            self._take(person, kind)
        if message.previous:
            self._rename(person, message.previous)
        return person

    def _owner(self, name: Named) -> Person | None:
        owner = self.owners.get(name)
        return None if owner is None else owner.now

    def _nearest(self, names: list[Named]) -> Person | None:
        """Nobody has the strongest identifier of the message: of those who have a weaker one, the first who may be the
        same person, who now says more."""
        said: set[str] = set()
        for name in names:
            owner = self._owner(name)
            if owner is not None and may_be_one(said, owner, name[0]):
                return owner
            said.add(name[0])
        return None

    def _say(self, person: Person, name: Named) -> None:
        """The person is recognised by this, if it is nobody else's or the other is the same person."""
        owner = self._owner(name)
        if owner is None:
            self._give(person, name)
        elif owner is not person:
            kinds = [kind for kind in KINDS if person.has(kind)]
            if may_be_one(kinds, owner, name[0]):
                self._join(person, owner, *name)
            else:
                self.claims.setdefault(name, []).append(person)

    def _rename(self, person: Person, previous: str) -> None:
        """An alias call: whoever had the earlier id is this person, whatever else they are recognised by."""
        for kind in (Identity.Kind.EXTERNAL_ID.value, Identity.Kind.ANONYMOUS_ID.value):
            owner = self._owner((kind, previous))
            if owner is not None and (kind, previous) not in self.shared:
                if owner is not person:
                    self._join(person, owner, ALIAS, previous)
                return
        self._give(person, (Identity.Kind.ANONYMOUS_ID.value, previous))

    def _make(self) -> Person:
        person = Person()
        self.made.append(person)
        return person

    def _give(self, person: Person, name: Named) -> None:
        kind, value = name
        if kind in SINGLE:
            self._take(person, kind)
        person.values.setdefault(kind, set()).add(value)
        self.owners[name] = self.added[name] = person
        self._touch(person, kind)

    def _take(self, person: Person, kind: str) -> None:
        for value in person.values.pop(kind, ()):
            del self.owners[kind, value]
            if self.added.pop((kind, value), None) is None:
                self.removed.append((kind, value))
            self._touch(person, kind)

    def _join(self, stays: Person, gone: Person, by: str, value: str) -> None:
        gone.into = stays
        self.joints.append(Joint(stays, gone, by, value))
        if by in SINGLE:
            self._take(stays, by)  # what the message says takes the place of what was
        for kind, values in gone.values.items():
            stays.values.setdefault(kind, set()).update(values)

    def _touch(self, person: Person, kind: str) -> None:
        if person.id is not None and kind in Identity.LASTING:
            self.touched.add(person.id)


def _all_names(message: Message) -> Iterator[Named]:
    yield from message.named.items()
    if message.previous:
        yield Identity.Kind.EXTERNAL_ID.value, message.previous
        yield Identity.Kind.ANONYMOUS_ID.value, message.previous
