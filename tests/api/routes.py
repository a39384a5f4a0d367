"""The URL table of the installation, read from Django itself."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SLOT = re.compile(r"<(?:\w+:)?(\w+)>")


def routes() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every route, with its slots as ``{name}``, and its view."""
    yield from _below("", get_resolver().url_patterns)


def api_methods() -> set[tuple[str, str]]:
    """Method and route of everything that a view of the API answers to."""
    found = set()
    for route, view in routes():
        cls = getattr(view, "cls", None)
        if cls is not None and not route.endswith("{unknown}"):
            found |= {(method, route) for method in METHODS if hasattr(cls, method.lower())}
    return found


def page_routes() -> set[str]:
    """Every other route."""
    return {route for route, view in routes() if not hasattr(view, "cls") or route.endswith("{unknown}")}


def slots(route: str) -> list[str]:
    """The names of a route's slots, in order."""
    return re.findall(r"{(\w+)}", route)


def _below(start: str, patterns: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        here = start + _SLOT.sub(r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _below(here, pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield here, pattern.callback
