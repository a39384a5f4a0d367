"""Reads a URL strictly, in one way: what two parsers could take for two hosts is refused."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import idna
from django.conf import settings

from lib.http.addresses import Address, AllowList, is_public
from lib.http.errors import ForbiddenTargetError

_URL = re.compile(
    r"""(?P<scheme>https?)://
        (?P<host> \[ [0-9A-Fa-f:.]+ \] | [^\x00-\x20\x7f\[\]/?\#:@\\%。．｡]+ )
        (?: : (?P<port>[0-9]{1,5}) )?
        (?P<rest> [/?] [\x21-\x7e]* )?""",
    re.VERBOSE | re.IGNORECASE,
)
_SIGN_IN = re.compile(r"\w+:[/\\]*[^/?#]*@")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
LONGEST_URL = 2000
LONGEST_NAME = 253
PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024
"""Below are mail, SSH and their like, which have no business with HTTP."""


@dataclass(frozen=True)
class Target:
    """Where a request goes. `host` is a lower-case ASCII name or an address in its usual form, without brackets."""

    scheme: str
    host: str
    port: int
    rest: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.rest}"


def parse(url: str) -> Target:
    """The target of a URL that may be called. Raises `ForbiddenTargetError`.

    Nothing is looked up: a name may still lead to a private address, which is found out when it is called.
    """
    if _SIGN_IN.match(url):
        raise ForbiddenTargetError("The address holds a user name or a password; leave out everything up to the @.")
    found = _URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if found is None or "#" in (found["rest"] or "") or "\\" in (found["rest"] or ""):
        raise ForbiddenTargetError(
            "That is not an address we can call: write https://, a plain host name, perhaps a port and a path; "
            f"no spaces, backslashes or fragments, at most {LONGEST_URL:,} characters."
        )
    scheme = found["scheme"].lower()
    rest = found["rest"] or "/"
    target = Target(scheme, _host(found["host"]), _port(scheme, found["port"]), rest if rest[0] == "/" else f"/{rest}")
    address = literal(target.host)
    if address is not None:
        check(target.host, [address])
    return target


def literal(host: str) -> Address | None:
    """The address that a target's host is; None for a name."""
    if ":" in host:
        return IPv6Address(host)
    return IPv4Address(host) if _NUMBER.fullmatch(host.rpartition(".")[2]) else None


def check(host: str, addresses: list[Address]) -> None:
    """Raises `ForbiddenTargetError` unless every one of the addresses of `host` is public, or let in by the operator.

    The words don't name the address: who asks is not told how the inner network is laid out.
    """
    allowed: AllowList = settings.OUTBOUND_ALLOW
    if not addresses or not all(is_public(address) or allowed.lets(host, address) for address in addresses):
        raise ForbiddenTargetError(
            f"{host} is not on the public internet, so it is not called. An operator can allow it with OUTBOUND_ALLOW."
        )


def _host(text: str) -> str:
    if text.startswith("["):
        try:
            return IPv6Address(text[1:-1]).compressed
        except ValueError:
            raise ForbiddenTargetError("What stands in brackets is not an IPv6 address.") from None
    name = text.lower() if text.isascii() else _ascii(text)
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(name))
        except ValueError:
            raise ForbiddenTargetError("Write an IPv4 address as four numbers from 0 to 255 with dots.") from None
    if len(name) > LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise ForbiddenTargetError(
            "That is not a host name: letters, digits and hyphens, in parts of 1 to 63 with one dot between."
        )
    return name


def _ascii(name: str) -> str:
    try:
        return idna.encode(name, strict=True).decode()
    except idna.IDNAError:
        raise ForbiddenTargetError("The host name holds characters that no name of the internet may have.") from None


def _port(scheme: str, text: str | None) -> int:
    port = PORTS[scheme] if text is None else int(text)
    if port not in PORTS.values() and not FIRST_FREE_PORT <= port < 2**16:
        raise ForbiddenTargetError(f"Port {port} is not called: 80, 443 and those from {FIRST_FREE_PORT} on are.")
    return port
