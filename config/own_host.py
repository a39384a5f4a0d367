"""Under which host this installation reaches itself."""

from config import env

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (not listened on here, only told apart)


def own_host() -> str:
    """HOST, or the loopback address where HOST stands for all addresses."""
    host = env.text("HOST", "127.0.0.1")
    return ANYWHERE.get(host, host)
