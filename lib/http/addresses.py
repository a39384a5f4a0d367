"""Which addresses are on the public internet. Everything that is not known to be is refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The special-purpose registries of IANA (RFC 6890 and its successors), written out: what Python calls global differs
# between its versions.
_NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by the customers of a carrier (CGNAT)
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a public number that means the host of a virtual machine at Azure
        "169.254.0.0/16",  # link-local, and the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, and the metadata service of Oracle
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112: answered by whoever is near
        "192.52.193.0/24",  # multicast relays
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")
"""Global unicast. Outside are loopback, mapped and compatible IPv4, NAT64, unique-local, link- and site-local."""
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the old 6bone
        "3fff::/20",  # documentation
    )
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The upper half of an interface id whose lower half is an IPv4 address."""

_NAME = re.compile(r"[a-z0-9_.-]*[a-z][a-z0-9_-]*")


def is_public(address: Address) -> bool:
    """Whether anybody on the internet may be meant by it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id or address not in _PUBLIC_V6:
        return False
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    return not any(address in network for network in _NOT_PUBLIC_V6)


@dataclass(frozen=True)
class AllowList:
    """What the operator lets us reach although it is not public: names, and networks by their addresses."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "AllowList":
        """From names, addresses and networks as text. Raises `ImproperlyConfigured`."""
        names, networks = set(), []
        for entry in entries:
            if _NAME.fullmatch(entry.lower()):
                names.add(entry.lower())
            else:
                networks.append(_network(entry))
        return cls(frozenset(names), tuple(networks))

    def lets(self, host: str, address: Address) -> bool:
        """Whether `address`, to which the name `host` leads, may be called."""
        return host in self.names or any(address in network for network in self.networks)


def _network(entry: str) -> Network:
    try:
        return ip_network(entry)
    except ValueError:
        raise ImproperlyConfigured(
            f"OUTBOUND_ALLOW holds {entry!r}; write host names, addresses such as 10.0.0.5, or networks such as "
            "10.0.0.0/24 (no bits set behind the prefix), without ports."
        ) from None
