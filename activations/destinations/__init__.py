"""The kinds of destinations: each folder here is one, and there is no list to add it to."""

from importlib import import_module
from pkgutil import iter_modules

from activations.destinations.base import Destination


def kinds() -> dict[str, type[Destination]]:
    """Every kind, by the name of its folder. Raises TypeError for a folder that names no destination."""
    return {found.name: kind(found.name) for found in iter_modules(__path__) if found.ispkg}


def kind(name: str) -> type[Destination]:
    """The class of one kind. Raises LookupError where there is no such folder."""
    if not any(found.ispkg and found.name == name for found in iter_modules(__path__)):
        raise LookupError(f"There is no destination '{name}'; its folder below activations/destinations/ is gone.")
    found = getattr(import_module(f"{__name__}.{name}"), "DESTINATION", None)
    if not (isinstance(found, type) and issubclass(found, Destination)):
        raise TypeError(f"activations/destinations/{name}/__init__.py must name its class: DESTINATION = ...")
    return found
