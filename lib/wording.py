"""The one small language of templates that people write: text with ``{{ name }}`` in it, and nothing that computes."""

import re
from collections.abc import Callable, Mapping

_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def names(template: str) -> list[str]:
    """The names that a template asks for, in order."""
    return _PLACE.findall(template)


def filled(template: str, values: Mapping[str, object], escape: Callable[[str], str] = str) -> str:
    """The template with its names replaced; a value that is missing, or that nobody has, leaves nothing.

    `escape` makes a value harmless where the text goes; the template itself is its author's.
    """
    return _PLACE.sub(lambda found: escape(words(values.get(found[1]))), template)


def words(value: object) -> str:
    """A value as people read it, on one line."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return ", ".join(map(words, value))
        case _:
            return " ".join(str(value).split())
