"""Filters of the templates: moments, spans and numbers as people read them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField

from activations.standing import Standing
from lib import ages

register = template.Library()

_SIGNS = {  # what stands for a word: its tone (a colour of tokens.css) and its icon
    "fresh": ("ok", "circle-check"),
    "late": ("warn", "clock"),
    "broken": ("bad", "circle-x"),
    "uncounted": ("quiet", "circle-dashed"),
    "waiting": ("warn", "clock"),
    "paused": ("quiet", "player-pause"),
    "draft": ("quiet", "pencil"),
    "retired": ("quiet", "archive"),
    "queued": ("quiet", "hourglass"),
    "running": ("info", "loader-2"),
    "succeeded": ("ok", "circle-check"),
    "partial": ("warn", "alert-triangle"),
    "failed": ("bad", "circle-x"),
    "cancelled": ("quiet", "ban"),
    "stopped": ("bad", "circle-x"),
    "new": ("quiet", "circle-dashed"),
    "active": ("ok", "circle-check"),
    "live": ("ok", "circle-check"),
    "ok": ("ok", "circle-check"),
    "info": ("info", "info-circle"),
    "warn": ("warn", "alert-triangle"),
    "bad": ("bad", "alert-triangle"),
    "hint": ("quiet", "info-circle"),
    "attention": ("warn", "alert-triangle"),
    "sending": ("quiet", "hourglass"),
    "accepted": ("ok", "circle-check"),
    "delivered": ("ok", "circle-check"),
    "rejected": ("bad", "circle-x"),
    "removing": ("quiet", "hourglass"),
}
_UNKNOWN = ("quiet", "info-circle")

register.filter("every", ages.every)


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """How long before `now`: "12 min ago"."""
    return ages.ago(moment, now)


@register.filter
def until(moment: datetime, now: datetime) -> str:
    """How far after `now`: "in 12 min"."""
    return ages.until(moment, now)


@register.filter
def took(start: datetime, end: datetime) -> str:
    """The span between two moments: "1 s"."""
    return ages.span(end - start)


@register.filter
def moment(run: Any) -> datetime:
    """The latest thing that happened to a run of a segment or of an activation."""
    latest: datetime = run.finished_at or run.started_at or run.queued_at
    return latest


@register.filter
def at(values: Mapping[Any, Any], key: Any) -> Any:
    """A value by its key; nothing where there is none."""
    return values.get(key, "")


@register.filter
def field(form: BaseForm, name: str) -> BoundField:
    """A field of a form by its name."""
    return form[name]


@register.filter
def standing(word: str) -> str:
    """How an activation stands, in words."""
    return str(Standing(word).label)


@register.filter
def tone(word: str) -> str:
    """The tone of a state or a kind: ok, warn, bad, info or quiet."""
    return _SIGNS.get(str(word), _UNKNOWN)[0]


@register.filter
def sign(word: str) -> str:
    """The icon of a state or a kind."""
    return _SIGNS.get(str(word), _UNKNOWN)[1]


@register.filter
def as_json(document: Any) -> str:
    """A JSON document, indented, for reading."""
    return json.dumps(document, indent=2, ensure_ascii=False)


@register.filter
def percent(share: float) -> str:
    """A share, 0.06, in whole percent: "6%"; a little that is not nothing is "<1%"."""
    whole = round(share * 100)
    return "<1%" if whole == 0 and share > 0 else f"{whole}%"


@register.filter
def tenths(share: float) -> int:
    """A share in steps of a tenth, from 0 to 10, for a colour."""
    return round(share * 10)


@register.filter
def signed_percent(share: float) -> str:
    """A change as a share, 0.06, in whole percent with its sign: "+6%", "−3%", "0%"."""
    percent = round(share * 100)
    if percent == 0:
        return "0%"
    return f"+{percent:,}%" if percent > 0 else f"−{-percent:,}%"


@register.filter
def signed(number: int) -> str:
    """A whole number with its sign: "+6", "−157", "0"."""
    return f"−{-number:,}" if number < 0 else f"{number:+,}" if number else "0"


@register.filter
def initials(name: Any) -> str:
    """Up to two capitals for an avatar: "Maya Lindqvist" is "ML"."""
    words = str(name).split("@")[0].replace(".", " ").split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
