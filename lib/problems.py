"""Errors of the API as problem details (RFC 9457): ``application/problem+json``, always of one shape.

`type` is a short name of the kind of problem, `detail` a sentence, and `errors` lists every mistake with the path
where it stands in what was sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, SuspiciousOperation, ValidationError
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"
WHOLE = "non_field_errors"
"""Where REST framework puts what is wrong with an object as a whole."""

CONFLICTS = ("state", "referred_to", "segment_retired", "segment_never_computed")
"""Codes of what is right in itself and does not go with the state that things are in: 409."""

Mistake = Mapping[str, str]
"""`path`, `code` and `message`."""


class Problem(exceptions.APIException):
    """A problem for which REST framework has no exception of its own."""

    def __init__(self, status: HTTPStatus, kind: str, detail: str, errors: Sequence[Mistake] = ()) -> None:
        super().__init__(detail, kind)
        self.status_code = status
        self.errors = tuple(errors)


def handle(error: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Turns what views raise into problems; None leaves a fault of ours to Django's log and error page."""
    known = _known(error)
    if known is None:
        return None
    set_rollback()
    status = HTTPStatus(known.status_code)
    kind, detail, errors = _told(known)
    body = {"type": kind, "title": status.phrase, "status": status.value, "detail": detail, "errors": errors}
    return Response(body, status=status, headers=_headers(known), content_type=CONTENT_TYPE)


def fault() -> JsonResponse:
    """500: ours, and in the log."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "Something went wrong here. It is in the log of the registry; nothing of the request was done by halves."
    body: dict[str, Any] = {
        "type": "fault",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "errors": [],
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def _known(error: Exception) -> exceptions.APIException | None:
    match error:
        case exceptions.APIException():
            return error
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied(*error.args)
        case ValidationError():
            return of_validation(error)
        case SuspiciousOperation():
            return exceptions.ParseError("The request can't be read: send a smaller and plainer one.")
        case _:
            return None


def of_validation(error: ValidationError) -> Problem:
    """What a service refused: 409 where it is the state of things, else 400 with the fields as paths."""
    if not hasattr(error, "error_dict") and any(part.code in CONFLICTS for part in error.error_list):
        return Problem(HTTPStatus.CONFLICT, "conflict", " ".join(error.messages))
    return invalid(list(_of_fields(error)))


def invalid(mistakes: Sequence[Mistake]) -> Problem:
    """400 with every mistake."""
    return Problem(HTTPStatus.BAD_REQUEST, "invalid", _number(mistakes), mistakes)


def _of_fields(error: ValidationError) -> Iterator[Mistake]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for field, parts in by_field.items():
        for part in parts:
            path = "" if field == NON_FIELD_ERRORS else field
            yield {"path": path, "code": part.code or "invalid", "message": " ".join(part.messages)}


def _number(mistakes: Sequence[Mistake]) -> str:
    return f"{len(mistakes)} mistake{'' if len(mistakes) == 1 else 's'} in what was sent."


def _told(error: exceptions.APIException) -> tuple[str, str, list[Mistake]]:
    """The kind of a problem, its sentence, and its mistakes."""
    if isinstance(error, exceptions.ValidationError):
        mistakes = list(_flat("", error.get_full_details()))
        return "invalid", _number(mistakes), mistakes
    detail = error.detail
    kind = detail.code if isinstance(detail, exceptions.ErrorDetail) else None
    return kind or error.default_code, str(detail), list(getattr(error, "errors", ()))


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if authenticate := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = authenticate
    return headers


def _flat(path: str, details: Any) -> Iterator[Mistake]:
    """REST framework's nested details as mistakes, in their order."""
    if isinstance(details, list):
        for position, detail in enumerate(details):
            yield from _flat(path if _is_mistake(detail) else f"{path}[{position}]", detail)
    elif _is_mistake(details):
        yield {"path": path, "code": str(details["code"]), "message": str(details["message"])}
    else:
        for key, detail in details.items():
            yield from _flat(path if key == WHOLE else f"{path}.{key}" if path else str(key), detail)


def _is_mistake(details: Any) -> bool:
    return isinstance(details, Mapping) and set(details) == {"message", "code"} and isinstance(details["code"], str)
