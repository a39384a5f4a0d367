#!/usr/bin/env python
"""The registry's commands: ``manage.py help`` lists them."""

import os
import signal
import sys

WITHOUT_SERVERS = {"help", "version", "--help", "-h", "--version", "check", "collectstatic", "makemessages"}


def main() -> None:
    """Run one command, with the embedded servers running if it needs them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave in good order, so that servers are stopped
    import django
    from django.core.management import execute_from_command_line

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_SERVERS and not {"--help", "-h"} & set(sys.argv):
        from config.boot import migrate_embedded, start_servers

        django.setup()
        start_servers()
        if command not in ("migrate", "makemigrations"):
            migrate_embedded()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
