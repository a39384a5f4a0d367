"""Where a request came from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address; '' where it is not known, as behind a local socket.

    Behind `settings.TRUSTED_PROXIES` proxies, each of which appends whom it heard from to `X-Forwarded-For`, it is the
    entry that the outermost of ours wrote. What a client wrote there itself stands further left and is not believed.
    """
    heard = [request.META.get("REMOTE_ADDR", "")]
    if settings.TRUSTED_PROXIES:
        written = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(written) >= settings.TRUSTED_PROXIES and all(written):
            heard = written[-settings.TRUSTED_PROXIES :]
        # else it has come past one of them, and only the neighbour is certain
    return _plain(heard[0])


def _plain(address: str) -> str:
    try:
        return str(ip_address(address))
    except ValueError:
        return ""
