"""What changed between two versions of a definition, line by line of their outlines.

Rules of a group have no order, so moving one changes nothing; steps of a sequence have one. A rule about the same
trait, events or segment on both sides has changed; others came or went.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from segments.rules.catalogue import Unit
from segments.rules.nodes import All, Any, Definition, Rule
from segments.rules.words.labels import Labels
from segments.rules.words.outline import Branch, outline_tree

MOST_LISTED: Final = 1_000
"""Values of a list are all said here, since any of them may be what changed."""


class Kind(StrEnum):
    """What became of a line."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the comparison: `text` as it is now (as it was, if removed), `was` before if it changed.

    `path` is that of the rule in the version that `text` is from.
    """

    kind: Kind
    depth: int
    text: str
    path: str
    was: str | None = None


def diff(before: Definition, after: Definition, labels: Labels | None = None) -> tuple[Change, ...]:
    """All lines of the newer version in their order, with those removed where they stood."""
    full = replace(labels or Labels(), most_listed=MOST_LISTED)
    return (*_settings(before, after), *_compare(*_roots(before, after, full), 0))


def changes_only(lines: tuple[Change, ...]) -> tuple[Change, ...]:
    """The lines that are not the same on both sides; none where the versions say the same."""
    return tuple(line for line in lines if line.kind is not Kind.SAME)


def _settings(before: Definition, after: Definition) -> Iterator[Change]:
    counted = {Unit.PROFILE: "Counts people", Unit.COMPANY: "Counts companies"}
    if before.unit is not after.unit:
        yield Change(Kind.CHANGED, 0, counted[after.unit], "unit", counted[before.unit])
    if before.timezone != after.timezone:
        now, was = f"Time zone {after.timezone}", f"Time zone {before.timezone}"
        yield Change(Kind.CHANGED, 0, now, "timezone", was)


def _roots(before: Definition, after: Definition, labels: Labels) -> tuple[Branch, Branch]:
    """Both outlines; a rule that became one of several that must all be true counts as one of one before."""
    old, new = outline_tree(before, labels), outline_tree(after, labels)
    if isinstance(after.rule, All) and _joined(before.rule, old, new):
        old = replace(new, below=(old,))
    elif isinstance(before.rule, All) and _joined(after.rule, new, old):
        new = replace(old, below=(new,))
    return old, new


def _joined(rule: Rule, alone: Branch, group: Branch) -> bool:
    """Whether a rule is one of a group on the other side; "any of" that became "all of" changed its heading only."""
    match rule:
        case All():
            return False
        case Any():
            return any(child.topic == alone.topic for child in group.below)
        case _:
            return True


def _compare(old: Branch, new: Branch, depth: int) -> Iterator[Change]:
    """The lines of two branches that are versions of each other."""
    if old.topic != new.topic:
        yield from _whole(Kind.REMOVED, old, depth)
        yield from _whole(Kind.ADDED, new, depth)
        return
    if old.text == new.text:
        yield Change(Kind.SAME, depth, new.text, new.path)
    else:
        yield Change(Kind.CHANGED, depth, new.text, new.path, old.text)
    partners = _partners(old, new)
    written = 0
    for position, branch in enumerate(new.below):
        partner = partners.get(position)
        if partner is None:
            yield from _whole(Kind.ADDED, branch, depth + 1)
            continue
        gone = [at for at in range(written, partner) if at not in partners.values()]
        for at in gone:
            yield from _whole(Kind.REMOVED, old.below[at], depth + 1)
        written = max(written, partner + 1)
        yield from _compare(old.below[partner], branch, depth + 1)
    for at in range(written, len(old.below)):
        if at not in partners.values():
            yield from _whole(Kind.REMOVED, old.below[at], depth + 1)


def _whole(kind: Kind, branch: Branch, depth: int) -> Iterator[Change]:
    """A branch that is on one side only."""
    yield Change(kind, depth, branch.text, branch.path)
    for below in branch.below:
        yield from _whole(kind, below, depth + 1)


def _partners(old: Branch, new: Branch) -> dict[int, int]:
    """Position in the newer branch -> position in the older one: first equals, then those about the same."""
    if old.ordered and new.ordered:
        return {position: position for position in range(min(len(old.below), len(new.below)))}
    partners: dict[int, int] = {}
    for signature in (_signature, _topic):
        free: dict[object, list[int]] = {}
        for at, branch in enumerate(old.below):
            if at not in partners.values():
                free.setdefault(signature(branch), []).append(at)
        for position, branch in enumerate(new.below):
            waiting = free.get(signature(branch))
            if position not in partners and waiting:
                partners[position] = waiting.pop(0)
    return partners


def _topic(branch: Branch) -> object:
    return branch.topic


def _signature(branch: Branch) -> object:
    """Equal for branches that say the same, in whatever order."""
    below = [_signature(child) for child in branch.below]
    return (branch.text, branch.topic, *(below if branch.ordered else sorted(below, key=repr)))
