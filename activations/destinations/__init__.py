"""The kinds of destinations: each folder here is one, and so is each entry point of an installed package.

There is no list to add one to.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules

from activations.destinations.base import Destination

GROUP = "segment_registry.destinations"
"""The entry points of packages that bring a destination along: ``kind = "package:DESTINATION"``."""


def kinds() -> dict[str, type[Destination]]:
    """Every kind, by the name of its folder or of its entry point. Raises TypeError for one that is no destination."""
    return {name: kind(name) for name in sorted({*_folders(), *outside()})}


def kind(name: str) -> type[Destination]:
    """The class of one kind; a folder here goes before a package. Raises LookupError where there is neither."""
    if name in _folders():
        found = getattr(import_module(f"{__name__}.{name}"), "DESTINATION", None)
        place = f"activations/destinations/{name}/__init__.py must name its class: DESTINATION = ..."
    elif name in outside():
        found = outside()[name].load()
        place = f"The entry point '{name}' of {GROUP} must lead to the class of a destination."
    else:
        raise LookupError(
            f"There is no destination '{name}'; its folder below activations/destinations/, or its package, is gone."
        )
    if not (isinstance(found, type) and issubclass(found, Destination)):
        raise TypeError(place)
    return found


def package_of(name: str) -> str:
    """The module that the code of a kind is in."""
    return f"{__name__}.{name}" if name in _folders() else outside()[name].module


@cache
def outside() -> Mapping[str, EntryPoint]:
    """The entry points of the packages that were installed when this process asked first."""
    return {found.name: found for found in entry_points(group=GROUP)}


def _folders() -> set[str]:
    return {found.name for found in iter_modules(__path__) if found.ispkg}
