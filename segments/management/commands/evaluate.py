"""``manage.py evaluate``: the members of definitions, now or at another instant."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from lib import clock
from segments.management import inputs
from segments.management.answers import Answer, answer_many, answer_one
from segments.registry import load_catalogue


class Command(BaseCommand):
    help = (
        "Evaluate a definition and print count, as_of, sha256 of the members' external ids, definition_sha256 and "
        "milliseconds (of the query) as JSON. A .jsonl file has a definition per line, or "
        '{"id", "as_of", "timezone", "definition"}; each gives one line. A profile without an external id is named '
        "by its e-mail address, else its phone number."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options of DESIGN section 8."""
        parser.add_argument("file", metavar="FILE", help="JSON, or JSON lines in a .jsonl file; - reads standard input")
        parser.add_argument("--as-of", metavar="T", help="the instant, like 2026-03-01T09:30:00Z; now if left out")
        parser.add_argument("--timezone", metavar="Z", help="for definitions and dates that name none")
        parser.add_argument("--segments", metavar="FILE", help="JSON object, segment key → definition, for references")
        parser.add_argument("--members", metavar="OUT", help="write the members' external ids there, one per line")

    def handle(self, *_: Any, **options: Any) -> None:
        """Exit status 1 if a definition is invalid or fails, 2 for mistakes in the call."""
        zone = inputs.timezone_option(options["timezone"]) if options["timezone"] else settings.TIME_ZONE
        now = clock.now()
        as_of = inputs.instant_option(options["as_of"], zone) if options["as_of"] else now
        catalogue = load_catalogue()
        if options["segments"]:
            catalogue = replace(catalogue, segments=inputs.segments_option(options["segments"], zone))
        source = inputs.read_source(options["file"])
        many = inputs.is_many(options["file"], source)
        if many and options["members"]:
            raise inputs.usage_error("--members takes one definition, not a file of many.")
        asked = [
            replace(one, as_of=one.as_of or as_of)
            for one in inputs.read_asked(source, many=many, catalogue=catalogue, timezone=zone)
        ]
        if many:
            well = self._write(answer_many(asked, catalogue, now))
        else:
            well = self._write([answer_one(asked[0], catalogue, now, _keeper(options["members"]))])
        if not well:
            sys.exit(1)

    def _write(self, answers: Iterable[Answer]) -> bool:
        """One line each; answers whether all are free of errors."""
        well = True
        for answer in answers:
            well = well and "errors" not in answer
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        return well


def _keeper(name: str | None) -> Callable[[bytes], object]:
    """What to do with the members' external ids: write them to a file that was named."""
    if name is None:
        return lambda _lines: None
    path = Path(name)
    if not path.parent.is_dir():
        raise inputs.usage_error(f"--members {name}: the folder {path.parent} is not there.")
    return path.write_bytes
