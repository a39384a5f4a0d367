"""Durations, instants and windows in words."""

from datetime import date, datetime, timedelta

from segments.rules.nodes import (
    Ago,
    Ahead,
    At,
    Between,
    Days,
    Duration,
    Instant,
    Last,
    Midnight,
    Previous,
    This,
    Window,
)


def duration_words(duration: Duration) -> str:
    """``1 hour``, ``30 days``, ``1,000 hours``."""
    plural = "" if duration.count == 1 else "s"
    return f"{duration.count:,} {duration.unit}{plural}"


def stretch_words(duration: Duration) -> str:
    """A duration after "the last", "the next": ``hour``, ``30 days``."""
    return duration.unit if duration.count == 1 else duration_words(duration)


def date_words(day: date) -> str:
    """``1 March 2026``."""
    return f"{day.day} {day:%B} {day.year}"


def moment_words(moment: datetime) -> str:
    """``1 March 2026 at 09:30 UTC``, with seconds where there are any."""
    if moment.microsecond:
        clock = f"{moment:%H:%M:%S.%f}".rstrip("0")
    else:
        clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    return f"{date_words(moment.date())} at {clock} UTC"


def instant_words(instant: Instant) -> str:
    """An instant as a point in time, after "from", "until", "since"."""
    match instant:
        case At(moment):
            return moment_words(moment)
        case Midnight(day):
            return date_words(day)
        case Ago(duration):
            return f"{duration_words(duration)} ago"
        case Ahead(duration):
            return f"{duration_words(duration)} from now"


def before_words(instant: Instant) -> str:
    """Earlier than the instant, after "is"."""
    match instant:
        case Ago(duration):
            return f"more than {duration_words(duration)} ago"
        case Ahead(duration):
            return f"less than {duration_words(duration)} from now (or past)"
        case _:
            return f"before {instant_words(instant)}"


def after_words(instant: Instant) -> str:
    """At the instant or later, after "is"."""
    match instant:
        case Ago(duration):
            return f"at most {duration_words(duration)} ago (or in the future)"
        case Ahead(duration):
            return f"at least {duration_words(duration)} from now"
        case Midnight(day):
            return f"on or after {date_words(day)}"
        case At(moment):
            return f"at or after {moment_words(moment)}"


def between_words(start: Instant, end: Instant) -> str:
    """From the first on, and earlier than the second; two dates become the first and the last day."""
    match start, end:
        case Midnight(first), Midnight(after) if after == first + timedelta(days=1):
            return f"on {date_words(first)}"
        case Midnight(first), Midnight(after) if after > first:
            return f"from {date_words(first)} to {date_words(after - timedelta(days=1))}"
        case _:
            return f"from {instant_words(start)} until {instant_words(end)}"


def window_words(window: Window | None) -> str:
    """A window after an event, with a leading space; nothing where there is none."""
    return "" if window is None else " " + _window(window)


def _window(window: Window) -> str:
    match window:
        case Last(duration):
            return f"in the last {stretch_words(duration)}"
        case Days(count, until):
            days = "yesterday" if count == 1 else f"in the {count:,} days before today"
            return days if until == "today" else _with_today(days)
        case This("day"):
            return "today so far"
        case This(period):
            return f"this {period} so far"
        case Previous("day"):
            return "yesterday"
        case Previous(period):
            return f"in the previous calendar {period}"
        case Between(start, end):
            return _between(start, end)


def _with_today(days: str) -> str:
    return "since the start of yesterday" if days == "yesterday" else f"{days} plus today so far"


def _between(start: Instant | None, end: Instant | None) -> str:
    if start is None and end is not None:
        return f"{'before' if isinstance(end, At | Midnight) else 'up to'} {instant_words(end)}"
    if isinstance(start, Ago) and end is None:
        return f"in the last {stretch_words(start.duration)}"
    if start is not None and end is None:
        return f"since {instant_words(start)}"
    return "" if start is None or end is None else between_words(start, end)
