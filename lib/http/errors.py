"""What can go wrong with a request. The texts are for people, and hold nothing that the other side has answered."""


class HttpError(Exception):
    """A request that got no answer."""


class ForbiddenTargetError(HttpError):
    """Not an address that we call: malformed, or not on the public internet. Trying again would not help."""


class UnreachableError(HttpError):
    """No answer, or only a part of one: it may have been received nevertheless."""
