"""Bodies of requests, read as strictly as definitions are."""

from http import HTTPStatus
from typing import IO, Any

from rest_framework.parsers import BaseParser

from lib.problems import Problem
from segments.rules.documents import load
from segments.rules.errors import Code, DefinitionErrors
from segments.rules.paths import show_path

MOST_BYTES = 1024 * 1024
"""Four times the longest definition, for those who indent."""


class StrictJSONParser(BaseParser):
    """JSON in UTF-8, of at most `MOST_BYTES`, each key once; what is nested beyond any definition is not read."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], *_: object, **__: object) -> Any:
        """The document. Raises `Problem`: 413 for one that is too large, 400 for what is no such JSON."""
        text = stream.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            message = f"The body is longer than {MOST_BYTES:,} bytes: shorten its lists."
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message)
        try:
            loaded = load(text)
        except DefinitionErrors as errors:
            raise Problem(HTTPStatus.BAD_REQUEST, "parse_error", errors.errors[0].message) from errors
        if loaded.doubled:
            mistakes = [
                {
                    "path": show_path(path),
                    "code": Code.NOT_ALLOWED.value,
                    "message": "This key is given twice: keep one",
                }
                for path in loaded.doubled
            ]
            raise Problem(HTTPStatus.BAD_REQUEST, "parse_error", "An object has a key more than once.", mistakes)
        return loaded.document
