"""Parts of the segment page that read the definition itself: its outline, and what a version changed.

They come as fragments after the page, since reading a definition needs the whole catalogue.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.actors import Actor, actor_of
from lib.htmx import Request
from segments import selectors
from segments.models import SegmentVersion
from segments.registry import load_catalogue, load_labels
from segments.rules.diff import diff
from segments.rules.errors import DefinitionErrors
from segments.rules.parse import parse
from segments.rules.words import outline

LONGEST = 10
"""Digits of a number of a version, about."""


def segment_outline(request: Request, key: str, number: int) -> HttpResponse:
    """A version as an outline, which nested rules are easier to read in; or why it can't be read any more."""
    version = _version(actor_of(request), key, number)
    context: dict[str, Any] = {}
    try:
        context["lines"] = outline(parse(version.definition, load_catalogue(), key=key), load_labels())
    except DefinitionErrors as errors:
        context["errors"] = errors
    return render(request, "segments/outline.html", context)


def segment_changes(request: Request, key: str, number: int) -> HttpResponse:
    """What a version changed against the one before it, or against that of `?against=`, line by line."""
    actor, against = actor_of(request), request.GET.get("against", "")
    earlier = int(against) if against.isascii() and against.isdigit() and len(against) < LONGEST else number - 1
    before, after = _version(actor, key, earlier), _version(actor, key, number)
    catalogue = load_catalogue()
    context: dict[str, Any] = {}
    try:
        old, new = (parse(version.definition, catalogue, key=key) for version in (before, after))
        context["lines"] = diff(old, new, load_labels())
    except DefinitionErrors as errors:
        context["errors"] = errors
    return render(request, "segments/changes.html", context)


def _version(actor: Actor, key: str, number: int) -> SegmentVersion:
    segment = get_object_or_404(selectors.segments(actor=actor), key=key)
    return get_object_or_404(selectors.versions(actor=actor, segment=segment), number=number)


def is_nested(rule: Any) -> bool:
    """Whether a rule has groups within groups, so that a sentence of it needs brackets."""
    return _groups(rule) > 1


def _groups(rule: Any) -> int:
    if not isinstance(rule, dict):
        return 0
    if "not" in rule:
        return _groups(rule["not"])
    for name in ("all", "any"):
        if isinstance(rule.get(name), list):
            return 1 + max(map(_groups, rule[name]), default=0)
    return 0
