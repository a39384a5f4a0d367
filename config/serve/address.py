"""The address to serve on."""

import socket

from config import env

DEFAULT_PORT = 8000
OTHERS_TO_TRY = 20


class PortTakenError(RuntimeError):
    """The wanted port is in use; says how to take another."""


def choose() -> tuple[str, int]:
    """HOST and PORT; where PORT is not set and 8000 is taken, the next free one.

    Raises `PortTakenError` when the port that was asked for is taken.
    """
    host, wanted = env.text("HOST", "127.0.0.1"), env.whole("PORT", 0)
    if wanted:
        if not _free(host, wanted):
            raise PortTakenError(f"Port {wanted} on {host} is taken. Set another one: PORT={wanted + 1} make demo")
        return host, wanted
    for port in range(DEFAULT_PORT, DEFAULT_PORT + OTHERS_TO_TRY):
        if _free(host, port):
            return host, port
    raise PortTakenError(f"Ports {DEFAULT_PORT} to {port} on {host} are taken. Set a free one: PORT=9000 make demo")


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
