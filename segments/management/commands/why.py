"""``manage.py why``: why one profile or company is a member of a definition, or is not."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from segments.engine import EngineError, queries
from segments.explanations import explain
from segments.management import inputs
from segments.management.answers import errors_answer
from segments.members import UnknownMemberError
from segments.registry import load_catalogue
from segments.rules.catalogue import Catalogue


class Command(BaseCommand):
    help = (
        "Print, as JSON, whether a definition holds for one profile or company: the tree with true or false at every "
        "node, and at every leaf what was found. PROFILE is an external id, or a profile's e-mail address or phone "
        "number; where the definition counts companies, the external id of a company."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options of DESIGN section 8."""
        parser.add_argument("file", metavar="FILE", help="JSON; - reads standard input")
        parser.add_argument("member", metavar="PROFILE", help="external id, e-mail address or phone number")
        parser.add_argument("--as-of", metavar="T", help="the instant, like 2026-03-01T09:30:00Z; now if left out")
        parser.add_argument("--timezone", metavar="Z", help="for definitions and dates that name none")
        parser.add_argument("--segments", metavar="FILE", help="JSON object, segment key → definition, for references")

    def handle(self, *_: Any, **options: Any) -> None:
        """Exit status 1 for an invalid definition, an unknown member or a failure, 2 for mistakes in the call."""
        zone = inputs.timezone_option(options["timezone"]) if options["timezone"] else settings.TIME_ZONE
        catalogue = load_catalogue()
        if options["segments"]:
            catalogue = replace(catalogue, segments=inputs.segments_option(options["segments"], zone))
        source = inputs.read_source(options["file"])
        if inputs.is_many(options["file"], source):
            raise inputs.usage_error("why takes one definition, not a file of many.")
        answer = _answer(source, options, catalogue, zone)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if "errors" in answer:
            sys.exit(1)


def _answer(source: bytes, options: Mapping[str, Any], catalogue: Catalogue, zone: str) -> dict[str, Any]:
    as_of = inputs.instant_option(options["as_of"], zone) if options["as_of"] else None
    [asked] = inputs.read_asked(source, many=False, catalogue=catalogue, timezone=zone)
    if asked.definition is None:
        return errors_answer(asked.errors)
    try:
        return explain(asked.definition, options["member"], catalogue=catalogue, as_of=as_of, seconds=queries.SECONDS)
    except UnknownMemberError as error:
        return {"errors": [{"path": "", "code": f"unknown_{error.unit.value}", "message": str(error)}]}
    except EngineError as error:
        return {"errors": [{"path": "", "code": error.code, "message": error.message}]}
