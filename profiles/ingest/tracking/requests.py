"""What a request of the tracking API says: its document, and the write key that it shows."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from django.http import HttpRequest, UnreadablePostError

from profiles.ingest.tracking.answers import TrackingError, bad

MOST_BYTES = 4_000_000
"""Of a body, packed or not. Twilio Segment's senders stop at 500 kB, RudderStack's gateway takes 4 MB."""
GZIP_WINDOW = 16 + zlib.MAX_WBITS


def read_document(request: HttpRequest) -> tuple[dict[str, Any], int]:
    """The JSON object of the body, and its size in bytes. Raises `TrackingError`."""
    try:
        body = request.read(MOST_BYTES + 1)
    except UnreadablePostError as error:
        raise bad("the body could not be read to its end") from error
    if len(body) > MOST_BYTES:
        raise _too_large()
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding == "gzip":
        body = _unpacked(body)
    elif encoding not in ("", "identity"):
        raise TrackingError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Encoding {encoding!r}: use gzip, or none")
    if not body:
        raise bad("request body is nil")
    return _parsed(body), len(body)


def _unpacked(body: bytes) -> bytes:
    unpack = zlib.decompressobj(GZIP_WINDOW)
    try:
        found = unpack.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise bad("the body is not what Content-Encoding: gzip says") from error
    if len(found) > MOST_BYTES:
        raise _too_large()
    if not unpack.eof:
        raise bad("the packed body ends too early")
    return found


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise bad("invalid json") from error
    if not isinstance(document, dict):
        raise bad("invalid json: the body must be an object")
    return document


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _too_large() -> TrackingError:
    return TrackingError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"request size exceeds max limit of {MOST_BYTES:,} bytes; send less at once",
    )


def write_key(request: HttpRequest, document: Mapping[str, Any]) -> str:
    """The write key: as the user name of HTTP Basic, else ``writeKey`` in the body. Raises `TrackingError`."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return _user_name(credentials)
    in_body = document.get("writeKey")
    if isinstance(in_body, str) and in_body:
        return in_body
    raise TrackingError(
        HTTPStatus.UNAUTHORIZED, "failed to read writekey from header: send it as the user name of HTTP Basic"
    )


def _user_name(credentials: str) -> str:
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TrackingError(HTTPStatus.UNAUTHORIZED, "failed to read writekey from header: it is no base64") from error
    return decoded.partition(":")[0]
