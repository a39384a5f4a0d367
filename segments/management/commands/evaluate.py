"""``manage.py evaluate``: the members of definitions, now or at another instant."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from lib import clock
from segments import engine
from segments.external_ids import ExternalIds, load_external_ids
from segments.management import inputs
from segments.management.inputs import Asked
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue, Unit
from segments.rules.instants import format_instant
from segments.rules.nodes import At
from segments.rules.normalise import definition_sha256

TODAYS_TRAITS = "with today's traits"
"""Only events have a past: traits, companies and who belongs to whom are as they are now (RULES section 3)."""


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
            catalogue = replace(catalogue, segments=inputs.segments_option(options["segments"]))
        source = inputs.read_source(options["file"])
        many = inputs.is_many(options["file"], source)
        if many and options["members"]:
            raise inputs.usage_error("--members takes one definition, not a file of many.")
        asked = list(inputs.read_asked(source, many=many, catalogue=catalogue, timezone=zone))
        asked = [replace(one, as_of=one.as_of or as_of) for one in asked]
        answers = Answers(asked, catalogue, now, named=many, members=options["members"])
        well = True
        for answer in answers:
            well = well and "errors" not in answer
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if not well:
            sys.exit(1)


class Answers:
    """The JSON for each definition, in order: over one snapshot for all, since `as_of` only changes the queries."""

    def __init__(
        self, asked: Sequence[Asked], catalogue: Catalogue, now: datetime, *, named: bool, members: str | None
    ) -> None:
        self.asked = asked
        self.catalogue = catalogue
        self.now = now
        self.named = named
        self.members = members
        self._names: dict[Unit, ExternalIds] = {}
