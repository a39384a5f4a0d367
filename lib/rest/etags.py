"""Entity tags: who changes something says which state of it they have seen."""

import json
from hashlib import sha256
from http import HTTPStatus

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.http import parse_etags
from rest_framework.request import Request

from lib.problems import Problem


def etag_of(*parts: object) -> str:
    """The tag of a state that these parts tell in full: texts, numbers, dates, and lists and objects of them."""
    state = json.dumps(parts, sort_keys=True, cls=DjangoJSONEncoder)
    return f'"{sha256(state.encode()).hexdigest()[:32]}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the client has this state already (`If-None-Match`): then 304 with the tag is the whole answer."""
    given = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    return etag in given or "*" in given


def require_match(request: Request, etag: str) -> None:
    """Come back if the client has seen this state (`If-Match`).

    Raises `Problem`: 428 if it does not say what it has seen, 412 if that is no longer so.
    """
    given = request.headers.get("If-Match")
    if given is None:
        detail = "Send the ETag of what you have read as If-Match, so that nobody's change is overwritten."
        raise Problem(HTTPStatus.PRECONDITION_REQUIRED, "if_match_missing", detail)
    tags = parse_etags(given)
    if etag not in tags and "*" not in tags:
        detail = "It has been changed since you read it: read it again, then send your change with the new ETag."
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "changed_meanwhile", detail)
