"""Sets the registry up, then runs web, workers and beat until Ctrl-C.

``python -m config.serve`` serves what is there; with ``--demo`` it makes the sample company first, if there is none.
"""

import argparse
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
    parser = argparse.ArgumentParser(prog="python -m config.serve", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="make the sample company first, if there is none")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    try:
        return serve(with_sample=arguments.demo)
    except _Stop:
        return 0
    except (EmbeddedError, PortTakenError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
