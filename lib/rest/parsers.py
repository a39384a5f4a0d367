"""Bodies of requests."""

from http import HTTPStatus
from typing import IO, Any

from rest_framework.parsers import BaseParser

from lib.problems import Problem
from lib.rest.documents import read

MOST_BYTES = 1024 * 1024
"""Four times the longest definition, for those who indent."""


class StrictJSONParser(BaseParser):
    """JSON in UTF-8, of at most `MOST_BYTES`, each key once; see `lib.rest.documents`."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], *_: object, **__: object) -> Any:
        """The document. Raises `Problem`: 413 for one that is too large, 400 for what is no such JSON."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            message = f"The body is longer than {MOST_BYTES:,} bytes: shorten its lists."
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message)
        return read(body)
