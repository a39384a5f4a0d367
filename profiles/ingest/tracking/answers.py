"""How a request is refused: a status that makes the sender do the right thing, and words for its log.

Both Python SDKs read `code` and `message`. A sender drops what was refused with 4xx, and sends again after 429 and 5xx.
"""

from http import HTTPStatus


class TrackingError(Exception):
    """The whole request is refused, and nothing of it was taken. `retry_after` is in whole seconds."""

    def __init__(self, status: HTTPStatus, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        """The status as a word."""
        return self.status.phrase.lower().replace(" ", "_")


def bad(message: str) -> TrackingError:
    """The request itself is wrong; sending it again would not help."""
    return TrackingError(HTTPStatus.BAD_REQUEST, message)


def busy(message: str, retry_after: int) -> TrackingError:
    """Nothing is wrong with the request, and it will be taken later."""
    return TrackingError(HTTPStatus.SERVICE_UNAVAILABLE, message, retry_after=retry_after)
