"""Sets the registry up, then runs web, workers and beat until Ctrl-C.

Where DEMO is on it makes the sample company first, if there is none, and has live events come in.
"""

import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.embedded import EmbeddedError  # noqa: E402  (Django's settings come first)
from config.serve.address import PortTakenError  # noqa: E402
from config.serve.registry import serve  # noqa: E402


class _Stop(Exception):
    """Ctrl-C or a signal to end."""


def _ask_to_stop(*_: object) -> None:
    raise _Stop


def main() -> int:
    """Serve until a signal to end; the exit status."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    try:
        return serve()
    except _Stop:
        return 0
    except (EmbeddedError, PortTakenError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
