"""The options that all three import commands share, and how they end."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lib import clock
from profiles.catalogue import CatalogueError
from profiles.ingest import kinds
from profiles.ingest import options as reading
from profiles.ingest.agreement import Terminal
from profiles.ingest.options import Options
from profiles.ingest.refusals import ImportRefusedError, WrongUseError
from profiles.ingest.rejects import Rejects
from profiles.ingest.summary import Summary


class ImportCommand(BaseCommand):
    """Reads the command line, runs the import, prints its summary."""

    kind: ClassVar[str]
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="CSV, JSON lines or Parquet; gzip too")
        parser.add_argument(
            "--map", metavar="COLUMN=NAME", help="give a column another name", action="append", default=[]
        )
        parser.add_argument("--skip", metavar="COLUMN", help="leave a column out", action="append", default=[])
        parser.add_argument(
            "--list", metavar="COLUMN=SEPARATOR", help="split a column's texts into lists", action="append", default=[]
        )
        parser.add_argument(
            "--date", metavar="COLUMN=PATTERN", help="read dates such as %%d/%%m/%%Y", action="append", default=[]
        )
        parser.add_argument("--source", metavar="KEY", help="the system that the data comes from")
        parser.add_argument("--timezone", metavar="ZONE", help="of times without an offset (UTC)")
        parser.add_argument("--encoding", help="of text files (UTF-8, or what the byte order mark says)")
        parser.add_argument("--types", metavar="FILE", type=Path, help="JSON with the types of traits and properties")
        parser.add_argument("--yes", action="store_true", help="accept the types that were inferred")
        parser.add_argument("--rejects", metavar="FILE", type=Path, help="where rows that are not taken go")

    def handle(self, *_args: Any, **given: Any) -> None:
        try:
            summary = self._import(given)
        except WrongUseError as error:
            raise CommandError(str(error), returncode=2) from error
        except (ImportRefusedError, CatalogueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(summary.text())
        if summary.nothing_taken:
            raise CommandError("no row could be taken; the rejects file says why")

    def _import(self, given: dict[str, Any]) -> Summary:
        options = self.options(given)
        rejects = Rejects(options.rejects or _default_rejects(options.files[0], clock.now()))
        if options.rejects is not None:
            rejects.start()
        try:
            return kinds.run(self.kind, options, rejects, Terminal(self._say, sys.stdin))
        finally:
            rejects.close()

    def _say(self, text: str) -> None:
        self.stderr.write(text, style_func=str)  # not in the colour of errors

    def options(self, given: dict[str, Any]) -> Options:
        """The options as they were given. Raises `WrongUseError` for one that is malformed."""
        return Options(
            files=tuple(given["files"]),
            id_column=given.get("id"),
            event=given.get("event"),
            renames=reading.pairs("--map", given["map"]),
            skipped=frozenset(given["skip"]),
            separators=reading.pairs("--list", given["list"]),
            date_forms=reading.pairs("--date", given["date"]),
            source=given["source"],
            zone=reading.timezone(given["timezone"] or "UTC"),
            zone_given=given["timezone"] is not None,
            encoding=given["encoding"],
            types=reading.declared_types(given["types"]),
            accepted=given["yes"],
            rejects=given["rejects"],
        )


def _default_rejects(file: Path, moment: datetime) -> Path:
    return settings.REGISTRY_HOME / "rejects" / f"{file.name.split('.')[0]}-{moment:%Y%m%dT%H%M%S}.csv"
