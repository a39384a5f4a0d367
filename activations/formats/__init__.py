"""How tools want identifiers written: each module here is one vendor's rules, and there is no list to add it to.

A mapping names a format as ``vendor.FIELD`` (``meta.EMAIL``). Formats are applied to whole columns at a time.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from activations.formats.base import Format
from activations.formats.phones import e164


@cache
def formats() -> Mapping[str, Format]:
    """Every format, by ``vendor.FIELD``."""
    found: dict[str, Format] = {}
    for module in iter_modules(__path__):
        for one in getattr(import_module(f"{__name__}.{module.name}"), "FORMATS", ()):
            found[f"{module.name}.{one.field}"] = one
    return found


def normalised(form: Format, texts: Sequence[str | None], countries: Sequence[str | None]) -> list[str | None]:
    """The texts as the tool wants them before they are hashed; None where nothing is left.

    A phone number is read with the country of its person first; what cannot be read is left to the vendor's rule.
    """
    if form.is_phone:
        read = [e164(text, country) or text if text else text for text, country in zip(texts, countries, strict=True)]
    else:
        read = list(texts)
    rule = form.rule
    return [(rule(text) or None) if text else None for text in read]


def written(form: Format, texts: Sequence[str | None], countries: Sequence[str | None]) -> list[str | None]:
    """The texts as they are sent: `normalised`, and hashed where the tool wants that."""
    found = normalised(form, texts, countries)
    return form.hashed(found) if form.is_hashed else found
