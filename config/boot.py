"""What every process of the project does first: have its servers, and a database that fits the code."""

import os
import sys

from config import env
from config.embedded import Layout, Postgres, Redis, Server, keep, use

POSTGRES_OPTIONS = "REGISTRY_POSTGRES_OPTIONS"
_ours: list[Server] = []


def start_servers() -> None:
    """Start the embedded servers that nobody has configured real ones for; they run until this process ends."""
    from django.conf import settings

    layout = Layout(settings.REGISTRY_HOME)
    if not os.environ.get("DATABASE_URL"):
        _ours.append(Postgres(layout, tuple(env.names(POSTGRES_OPTIONS))))
    if not os.environ.get("REDIS_URL"):
        _ours.append(Redis(layout))
    for server in _ours:
        use(server)


def keep_servers() -> None:
    """Start those of our servers again that died."""
    for server in _ours:
        keep(server)


def migrate_embedded() -> None:
    """Bring an embedded database up to the code. A configured one is its keeper's: `manage.py migrate`."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if os.environ.get("DATABASE_URL"):
        return
    with connection.cursor() as cursor:  # eight commands at once: one migrates, the others wait
        cursor.execute("SELECT pg_advisory_lock(hashtext('migrate'))")
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                print("Preparing the database ...", file=sys.stderr)
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('migrate'))")
