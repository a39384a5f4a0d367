"""Readers of EVENT, SEQUENCE and STEP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from segments.rules.catalogue import EventType, Type
from segments.rules.errors import Code
from segments.rules.nodes import Duration, Event, Last, Property, Sequence, Step, Window
from segments.rules.operators import MEASURES, MeasureKind
from segments.rules.parsing.comparisons import Comparison, Operand, read_comparison, type_words
from segments.rules.parsing.reading import (
    Reading,
    check_keys,
    name_of,
    read_boolean,
    read_choice,
    read_object,
    report_missing,
    shown,
    wrong_type,
)
from segments.rules.parsing.times import read_duration, read_window
from segments.rules.parsing.values import LONGEST_LIST
from segments.rules.paths import Path, show_path

EVENT_KEYS: Final = ("event", "where", "window", "measure", "of", "op", "value", "missing")
STEP_KEYS: Final = ("event", "where", "within", "absent")
PROPERTY_KEYS: Final = ("property", "op", "value", "missing", "ignore_case")
SEQUENCE_KEYS: Final = ("sequence", "window")
FEWEST_STEPS: Final = 2
MOST_STEPS: Final = 10
LONGEST_WITHIN: Final[dict[str, int]] = {"minute": 52_596_000, "hour": 876_600, "day": 36_525, "week": 5_217}


@dataclass(frozen=True, slots=True)
class Named:
    """The events that a leaf names: None for all of them; `types` is None where a name is unknown."""

    names: tuple[str, ...] | None
    types: tuple[EventType, ...] | None


def read_event(reading: Reading, path: Path, obj: Mapping[str, Any]) -> Event | None:
    """An EVENT; the caller has seen the key `event`."""
    reading.leaves += 1
    measure = _read_measure(reading, path, obj)
    check_keys(reading, path, obj, EVENT_KEYS)
    named = _read_names(reading, (*path, "event"), obj["event"])
    where = _read_where(reading, path, obj, named)
    window = read_window(reading, (*path, "window"), obj["window"]) if "window" in obj else None
    if measure is None:
        _read_measured(reading, path, obj, Operand("the measure", None), may_miss=True)
        return None
    if measure.name == "change":
        _check_change_window(reading, path, obj, window)
    of = _read_of(reading, path, obj, measure, named)
    if "op" not in obj and not (measure.name == "count" and "value" not in obj):
        report_missing(reading, (*path, "op"), "add it")
    operand = Operand(f"the measure '{measure.name}'", measure.result)
    compared = _read_measured(reading, path, obj, operand, may_miss=measure.can_miss)
    if compared is None:
        compared = Comparison("gte", 1.0)
    return Event(
        names=named.names,
        where=where,
        window=window,
        measure=measure.name,
        of=of,
        op=compared.op,
        value=compared.value,
        missing=compared.missing,
        path=show_path(path),
    )


def _read_measure(reading: Reading, path: Path, obj: Mapping[str, Any]) -> MeasureKind | None:
    name = read_choice(reading, (*path, "measure"), obj["measure"], tuple(MEASURES)) if "measure" in obj else "count"
    return None if name is None else MEASURES[name]


def _read_measured(
    reading: Reading, path: Path, obj: Mapping[str, Any], operand: Operand, *, may_miss: bool
) -> Comparison | None:
    """The comparison of a measure, without the keys that an EVENT lacks or that its measure refuses."""
    kept = {key: obj[key] for key in ("op", "value", "missing") if key in obj}
    if "missing" in kept and not may_miss:
        message = f"{operand.name[0].upper()}{operand.name[1:]} is never missing: remove 'missing'"
        reading.add((*path, "missing"), Code.NOT_ALLOWED, message)
        del kept["missing"]
    return read_comparison(reading, path, kept, operand)


def _read_names(reading: Reading, path: Path, value: object) -> Named:
    if value == "*":
        return Named(None, tuple(reading.catalogue.events.values()))
    if isinstance(value, list):
        return _read_name_list(reading, path, value)
    event = _read_name(reading, path, value)
    return Named((), None) if event is None else Named((event.name,), (event,))


def _read_name_list(reading: Reading, path: Path, value: list[object]) -> Named:
    if not value:
        reading.add(path, Code.EMPTY, "The list of events is empty: name at least one, or write '*' for all")
    if len(value) > LONGEST_LIST:
        reading.add(path, Code.LIMIT, f"The list has {len(value):,} events, at most {LONGEST_LIST:,}: use '*' for all")
        return Named((), None)
    found = [_read_name(reading, (*path, position), name) for position, name in enumerate(value)]
    events = tuple(event for event in found if event is not None)
    complete = bool(value) and len(events) == len(value)
    return Named(tuple(event.name for event in events), events if complete else None)


def _read_name(reading: Reading, path: Path, name: object) -> EventType | None:
    if not isinstance(name, str):
        expected = (
            "the name of an event" if isinstance(path[-1], int) else "the name of an event, a list of names, or '*'"
        )
        wrong_type(reading, path, name, expected)
        return None
    event = reading.catalogue.events.get(name)
    if event is None:
        hint = reading.findings.suggest(name, reading.catalogue.events)
        message = f"There is no event {shown(name)}{hint or '; the catalogue lists the events that arrive'}"
        reading.add(path, Code.UNKNOWN_EVENT, message)
    return event


def _read_where(reading: Reading, path: Path, obj: Mapping[str, Any], named: Named) -> tuple[Property, ...]:
    """The conditions on properties; an empty list is none, as in the normal form."""
    if "where" not in obj:
        return ()
    where = obj["where"]
    if not isinstance(where, list):
        wrong_type(reading, (*path, "where"), where, "a list of conditions on properties")
        return ()
    found = [_read_property(reading, (*path, "where", at), item, named) for at, item in enumerate(where)]
    return tuple(item for item in found if item is not None)


def _read_property(reading: Reading, path: Path, value: object, named: Named) -> Property | None:
    reading.leaves += 1
    obj = read_object(reading, path, value, "a condition on a property")
    if obj is None:
        return None
    check_keys(reading, path, obj, PROPERTY_KEYS, required=("property", "op"))
    type_ = _read_property_type(reading, (*path, "property"), obj["property"], named) if "property" in obj else None
    name = f"property {shown(obj['property'])}" if isinstance(obj.get("property"), str) else "the property"
    compared = read_comparison(reading, path, obj, Operand(name, type_))
    if compared is None or type_ is None:
        return None
    return Property(
        key=obj["property"],
        op=compared.op,
        value=compared.value,
        missing=compared.missing,
        ignore_case=compared.ignore_case,
        path=show_path(path),
    )


def _read_property_type(reading: Reading, path: Path, key: object, named: Named) -> Type | None:
    """The one type that a property has in all the events that have it."""
    if not isinstance(key, str):
        wrong_type(reading, path, key, "the key of a property")
        return None
    if named.types is None:
        return None
    types = {event.properties[key].type: event.name for event in named.types if key in event.properties}
    if not types:
        known = dict.fromkeys(known for event in named.types for known in event.properties)
        whose = f"event {shown(named.names[0])}" if named.names and len(named.names) == 1 else "any of these events"
        hint = reading.findings.suggest(key, known)
        message = f"There is no property {shown(key)} in {whose}{hint}"
        reading.add(path, Code.UNKNOWN_PROPERTY, message)
        return None
    if len(types) > 1:
        uses = " and ".join(f"{type_words(type_)} in {shown(name)}" for type_, name in types.items())
        message = f"Property {shown(key)} is {uses}: measure these events apart"
        reading.add(path, Code.AMBIGUOUS_PROPERTY, message)
        return None
    return next(iter(types))


def _read_of(reading: Reading, path: Path, obj: Mapping[str, Any], measure: MeasureKind, named: Named) -> str | None:
    """The property that is measured, where the measure takes one."""
    here = (*path, "of")
    if "of" not in obj:
        if measure.of_required:
            report_missing(reading, here, f"name the property whose {measure.name} is meant")
        return None
    if not measure.of:
        reading.add(
            here,
            Code.NOT_ALLOWED,
            f"'of' has no meaning with the measure '{measure.name}': remove it, or use 'sum' or the like",
        )
        return None
    type_ = _read_property_type(reading, here, obj["of"], named)
    if type_ is None:
        return None
    if type_ not in measure.of:
        message = f"The measure '{measure.name}' can't be taken of {shown(obj['of'])}, which is {type_words(type_)}"
        reading.add(here, Code.WRONG_TYPE, message)
        return None
    return str(obj["of"])


def _check_change_window(reading: Reading, path: Path, obj: Mapping[str, Any], window: Window | None) -> None:
    """`change` compares a ``{"last": D}`` window with the one before it, so it needs just that."""
    here = (*path, "window")
    if "window" not in obj:
        report_missing(reading, here, "'change' compares one like {'last': '30 days'} with the one before")
    elif window is not None and not isinstance(window, Last):
        message = "'change' compares a window like {'last': '30 days'} with the one before: use 'last'"
        reading.add(here, Code.BAD_WINDOW, message)


def read_sequence(reading: Reading, path: Path, obj: Mapping[str, Any]) -> Sequence | None:
    """A SEQUENCE; the caller has seen the key `sequence`."""
    check_keys(reading, path, obj, SEQUENCE_KEYS)
    window = read_window(reading, (*path, "window"), obj["window"]) if "window" in obj else None
    here = (*path, "sequence")
    value = obj["sequence"]
    if not isinstance(value, list):
        wrong_type(reading, here, value, f"a list of {FEWEST_STEPS} to {MOST_STEPS} steps")
        return None
    _check_length(reading, here, len(value))
    steps = [_read_step(reading, (*here, position), step) for position, step in enumerate(value)]
    if len(value) >= FEWEST_STEPS:
        _check_places(reading, here, value)
    return Sequence(tuple(step for step in steps if step is not None), window, show_path(path))


def _check_length(reading: Reading, path: Path, length: int) -> None:
    if length == 0:
        reading.add(path, Code.EMPTY, f"The sequence has no steps: it needs {FEWEST_STEPS} to {MOST_STEPS}")
    elif length < FEWEST_STEPS:
        reading.add(path, Code.TOO_SHORT, "The sequence has one step: add another, or use an event without a sequence")
    elif length > MOST_STEPS:
        reading.add(path, Code.LIMIT, f"The sequence has {length:,} steps, at most {MOST_STEPS}")


def _read_step(reading: Reading, path: Path, value: object) -> Step | None:
    reading.leaves += 1
    obj = read_object(reading, path, value, "a step")
    if obj is None:
        return None
    check_keys(reading, path, obj, STEP_KEYS, required=("event",))
    named = _read_names(reading, (*path, "event"), obj["event"]) if "event" in obj else Named((), None)
    where = _read_where(reading, path, obj, named)
    within: Duration | None = None
    if "within" in obj and path[-1] != 0:
        within = read_duration(reading, (*path, "within"), obj["within"], longest=LONGEST_WITHIN)
    absent = "absent" in obj and read_boolean(reading, (*path, "absent"), obj["absent"])
    return Step(named.names, where, within, absent, show_path(path))


def _check_places(reading: Reading, path: Path, steps: list[object]) -> None:
    """What depends on the place of a step: `within` not on the first, `absent` only on the last."""
    for position, step in enumerate(steps):
        if not isinstance(step, dict):
            continue
        here = (*path, position)
        if position == 0 and "within" in step:
            message = "The first step has no event before it: remove 'within', or limit the sequence by a 'window'"
            reading.add((*here, "within"), Code.NOT_ALLOWED, message)
        if step.get("absent") is not True:
            continue
        if position < len(steps) - 1:
            message = f"Only the last step may be absent, and {name_of(here)} is not the last: remove 'absent'"
            reading.add((*here, "absent"), Code.NOT_ALLOWED, message)
        elif "within" not in step:
            report_missing(reading, (*here, "within"), "say how long to wait for the step that must stay absent")
