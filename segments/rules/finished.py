"""The part of a definition that can be counted while somebody still writes the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from segments.rules.errors import RuleError

GROUPS = ("all", "any")
WRAPPERS = ("not", "company", "people")


@dataclass(frozen=True, slots=True)
class Finished:
    """A document without the conditions in which there is a mistake; None where nothing is left to count.

    `places` leads from the path of a rule in it to the path as it was written; `left_out` has the paths, as they were
    written, of the conditions that it lacks.
    """

    document: dict[str, Any] | None
    places: Mapping[str, str]
    left_out: tuple[str, ...]

    def as_written(self, path: str) -> str:
        """Where a rule, or a part of one, stands in what was written."""
        known = path
        while known not in self.places:
            known = known[: max(known.rfind("."), known.rfind("["))]
        return self.places[known] + path[len(known) :]


@dataclass(slots=True)
class _Cutting:
    wrong: tuple[str, ...]
    places: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def finished(document: object, errors: Iterable[RuleError]) -> Finished:
    """What is left of a document without its conditions that have one of these errors.

    An error outside of its rule leaves nothing: then it is not known what is counted.
    """
    paths = tuple(error.path for error in errors)
    if not isinstance(document, dict) or not all(_is_below(path, "rule") for path in paths):
        return Finished(None, {}, ())
    cutting = _Cutting(paths)
    rule = _cut(cutting, document.get("rule"), "rule", "rule")
    kept = None if rule is None else document | {"rule": rule}
    return Finished(kept, cutting.places, tuple(cutting.left_out))


def _cut(cutting: _Cutting, rule: object, written: str, place: str) -> dict[str, Any] | None:
    """The rule without what is wrong in it; `place` is where it will stand."""
    kind = _kind(rule)
    if not isinstance(rule, dict) or _is_wrong(cutting, written, kind):
        cutting.left_out.append(written)
        return None
    cutting.places[place] = written
    if kind in GROUPS:
        return _cut_group(cutting, rule, written, place, kind)
    if kind in WRAPPERS:
        inner = _cut(cutting, rule[kind], f"{written}.{kind}", f"{place}.{kind}")
        return None if inner is None else rule | {kind: inner}
    return rule


def _cut_group(cutting: _Cutting, rule: dict[str, Any], written: str, place: str, kind: str) -> dict[str, Any] | None:
    kept: list[dict[str, Any]] = []
    for position, child in enumerate(rule[kind]):
        inner = _cut(cutting, child, f"{written}.{kind}[{position}]", f"{place}.{kind}[{len(kept)}]")
        if inner is not None:
            kept.append(inner)
    return rule | {kind: kept} if kept else None


def _kind(rule: object) -> str:
    """The key by which a rule holds others; empty for a leaf, and for what is no rule."""
    if not isinstance(rule, dict):
        return ""
    kinds = [key for key in (*GROUPS, *WRAPPERS) if key in rule]
    is_group = len(kinds) == 1 and (kinds[0] not in GROUPS or (isinstance(rule[kinds[0]], list) and rule[kinds[0]]))
    return kinds[0] if is_group else ""


def _is_wrong(cutting: _Cutting, written: str, kind: str) -> bool:
    """Whether there is a mistake in the rule itself, and not in a rule that it holds."""
    inside = f"{written}.{kind}" if kind else None
    return any(_is_below(path, written) and (inside is None or not _is_below(path, inside)) for path in cutting.wrong)


def _is_below(path: str, above: str) -> bool:
    """Whether a path is another one or leads further."""
    return path == above or (path.startswith(above) and path[len(above)] in ".[")
