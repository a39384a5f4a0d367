"""The checks of the installation, found by where they are."""

import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from segments.checks.base import Check

PACKAGE = "segment_checks"
"""The package of an app other than this one in which its checks are."""


@cache
def all_checks() -> tuple[Check, ...]:
    """One of each class, by key."""
    found = {check for package in _packages() for check in _below(package)}
    return tuple(check() for check in sorted(found, key=lambda check: check.key))


def _packages() -> Iterator[str]:
    yield "segments.checks"
    for config in apps.get_app_configs():
        name = f"{config.name}.{PACKAGE}"
        if find_spec(name) is not None:
            yield name


def _below(package: str) -> Iterator[type[Check]]:
    for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
        for _name, part in inspect.getmembers(import_module(module.name), inspect.isclass):
            if issubclass(part, Check) and not inspect.isabstract(part):
                yield part
