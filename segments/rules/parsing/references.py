"""Reader of SEGMENT: units, publication, cycles and how deep references go."""

from collections.abc import Iterator, Mapping
from typing import Final

from segments.rules.catalogue import Catalogue, SegmentEntry, Unit
from segments.rules.errors import Code
from segments.rules.nodes import SegmentRef
from segments.rules.parsing.reading import Reading, shown, wrong_type
from segments.rules.paths import Path, show_path

DEEPEST: Final = 8
"""A segment without references has depth 0, any other 1 + the deepest of those that it refers to."""


def read_reference(reading: Reading, path: Path, value: object, unit: Unit | None) -> SegmentRef | None:
    """A reference to a segment of the unit in which it stands; `path` is that of the rule."""
    reading.leaves += 1
    here = (*path, "segment")
    if not isinstance(value, str):
        wrong_type(reading, here, value, "the key of a segment (a text)")
        return None
    if value == reading.key:
        reading.add(here, Code.CYCLE, f"Segment {shown(value)} can't refer to itself: remove this condition")
        return None
    entry = reading.catalogue.segments.get(value)
    if entry is None:
        hint = reading.findings.suggest(value, reading.catalogue.segments)
        reading.add(here, Code.UNKNOWN_SEGMENT, f"There is no segment {shown(value)}{hint}")
        return None
    if _check_entry(reading, here, entry, unit):
        _check_depth(reading, here, entry)
    return SegmentRef(value, show_path(path))


def _check_entry(reading: Reading, path: Path, entry: SegmentEntry, unit: Unit | None) -> bool:
    name = shown(entry.key)
    if unit is not None and entry.unit is not unit:
        counted = {Unit.PROFILE: "people", Unit.COMPANY: "companies"}
        message = f"Segment {name} counts {counted[entry.unit]}, and this rule is about {counted[unit]}"
        reading.add(path, Code.WRONG_UNIT, message)
    elif entry.definition is None or not entry.usable:
        message = f"Segment {name} has no published version that is live or paused: publish it first"
        reading.add(path, Code.NOT_PUBLISHED, message)
    else:
        return True
    return False


def _check_depth(reading: Reading, path: Path, entry: SegmentEntry) -> None:
    depth = _depth(reading, entry.key)
    if depth is None:
        message = (
            f"Segment {shown(entry.key)} leads back to itself or to this definition: references can't go in a circle"
        )
        reading.add(path, Code.CYCLE, message)
        return
    if reading.levels_above is None:
        reading.levels_above = 0 if reading.key is None else _levels_above(reading.catalogue, reading.key)
    above = reading.levels_above
    if depth + 1 + above > DEEPEST:
        message = (
            f"Segment {shown(entry.key)} makes a chain of references {depth + 1 + above} deep, at most {DEEPEST}: "
            "write its rule out here, or shorten the chain"
        )
        reading.add(path, Code.LIMIT, message)


def _depth(reading: Reading, key: str) -> int | None:
    """How deep the references of a segment go; None if they lead into a circle or to the one being defined.

    Walks with its own stack, since a file of definitions may chain thousands. Unknown and unpublished segments are
    the mistake of the definition that names them, and end the walk here.
    """
    depths = reading.depths
    if key in depths:
        return depths[key]
    waiting: list[tuple[str, Iterator[str]]] = [(key, iter(_references(reading.catalogue, key)))]
    open_keys = {key}
    while waiting:
        here, rest = waiting[-1]
        below = next((name for name in rest if name not in depths), None)
        if below is None:
            depths[here] = _deepest([depths[name] for name in _references(reading.catalogue, here)])
            open_keys.discard(here)
            waiting.pop()
        elif below in open_keys or below == reading.key:
            for name in open_keys:
                depths[name] = None
            return None
        else:
            open_keys.add(below)
            waiting.append((below, iter(_references(reading.catalogue, below))))
    return depths[key]


def _deepest(depths: list[int | None]) -> int | None:
    if None in depths:
        return None
    return 1 + max((depth for depth in depths if depth is not None), default=-1)


def _levels_above(catalogue: Catalogue, key: str) -> int:
    """The length of the longest chain of segments that refer to `key`, directly or through others."""
    referrers: dict[str, list[str]] = {}
    for other in catalogue.segments:
        for name in _references(catalogue, other):
            referrers.setdefault(name, []).append(other)
    levels, layer = 0, referrers.get(key, [])
    while layer and levels <= DEEPEST:
        levels += 1
        layer = list({above for name in layer for above in referrers.get(name, [])})
    return levels


def _references(catalogue: Catalogue, key: str) -> set[str]:
    entry = catalogue.segments.get(key)
    return set() if entry is None or entry.definition is None else referenced_keys(entry.definition)


def referenced_keys(definition: Mapping[str, object]) -> set[str]:
    """The keys of all segments that a definition's JSON refers to, without checking it."""
    keys: set[str] = set()
    waiting: list[object] = [definition]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            if isinstance(here.get("segment"), str):
                keys.add(str(here["segment"]))
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
    return keys
