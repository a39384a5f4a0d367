"""Holds the embedded servers of REGISTRY_HOME, with an up-to-date database, until stdin ends."""

import sys

import django

django.setup()

from config.boot import migrate_embedded, start_servers  # noqa: E402 - after the set-up


def main() -> None:
    """Answer once when they are up."""
    start_servers()
    migrate_embedded()
    for _ in sys.stdin:
        print("true", flush=True)


if __name__ == "__main__":
    main()
