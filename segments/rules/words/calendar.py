"""Whether a rule depends on where its days begin, so that its timezone is worth saying."""

from segments.rules.nodes import (
    Ago,
    Ahead,
    All,
    Any,
    At,
    Between,
    Days,
    Duration,
    Event,
    InCompany,
    Last,
    Midnight,
    Not,
    People,
    Previous,
    Property,
    Rule,
    Sequence,
    This,
    Trait,
    Value,
    Window,
)


def uses_calendar(rule: Rule) -> bool:
    """Whether days, dates, months or years of a timezone decide anything in the rule."""
    match rule:
        case All(rules) | Any(rules):
            return any(uses_calendar(child) for child in rules)
        case Not(inner) | InCompany(inner) | People(inner):
            return uses_calendar(inner)
        case Trait():
            return _leaf(rule)
        case Event():
            return _event(rule)
        case Sequence(steps, window):
            return _window(window) or any(_leaf(condition) for step in steps for condition in step.where)
        case _:
            return False


def _event(event: Event) -> bool:
    return (
        event.measure == "days"
        or _window(event.window)
        or _value(event.value)
        or any(_leaf(condition) for condition in event.where)
    )


def _leaf(leaf: Trait | Property) -> bool:
    return leaf.op == "anniversary_in_next" or _value(leaf.value)


def _value(value: Value) -> bool:
    match value:
        case Duration(_, unit):
            return unit in ("month", "year")
        case Midnight():
            return True
        case Ago(duration) | Ahead(duration):
            return _value(duration)
        case tuple():
            return any(isinstance(end, At | Midnight | Ago | Ahead) and _value(end) for end in value)
        case _:
            return False


def _window(window: Window | None) -> bool:
    match window:
        case Days() | This() | Previous():
            return True
        case Last(duration):
            return _value(duration)
        case Between(start, end):
            return _value(start) or _value(end)
        case None:
            return False
