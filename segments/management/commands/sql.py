"""``manage.py sql``: a definition as SQL of a dialect, over the warehouse layout."""

import json
import sys
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand

from lib import clock
from segments.management import inputs
from segments.management.answers import Answer, errors_answer
from segments.registry import load_catalogue, load_labels
from segments.rules.errors import DefinitionErrors
from segments.rules.sql import DIALECTS, Unsupported, to_sql


class Command(BaseCommand):
    help = "Print a definition as SQL that selects the id of each member, with the instants of one as_of written in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options of DESIGN section 8."""
        parser.add_argument("file", metavar="FILE", help="JSON; - reads standard input")
        parser.add_argument("--dialect", required=True, choices=sorted(DIALECTS))
        parser.add_argument("--as-of", metavar="T", help="the instant, like 2026-03-01T09:30:00Z; now if left out")

    def handle(self, *_: Any, **options: Any) -> None:
        """Exit status 1 for an invalid definition and for what the dialect can't say, 2 for mistakes in the call."""
        zone = settings.TIME_ZONE
        as_of = inputs.instant_option(options["as_of"], zone) if options["as_of"] else clock.now()
        catalogue = load_catalogue()
        source = inputs.read_source(options["file"])
        [asked] = inputs.read_asked(source, many=False, catalogue=catalogue, timezone=zone)
        if asked.definition is None:
            self._refuse(errors_answer(asked.errors))
        try:
            text = to_sql(
                asked.definition,
                catalogue,
                as_of,
                options["dialect"],
                default_timezone=zone,
                labels=load_labels(),
            )
        except Unsupported as error:
            self._refuse({"errors": [{"path": "", "code": "unsupported", "message": str(error)}]})
        except DefinitionErrors as errors:  # of a segment that it refers to
            self._refuse(errors_answer(errors.errors))
        self.stdout.write(text, ending="")

    def _refuse(self, answer: Answer) -> NoReturn:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        sys.exit(1)
