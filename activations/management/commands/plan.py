"""``manage.py plan KEY``: what publishing a version would change, as JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from accounts.actors import INSTALLATION
from activations import plans
from segments import selectors, services
from segments.engine import EngineError
from segments.models import Segment, SegmentVersion
from segments.planning import look_ahead
from segments.registry import load_catalogue
from segments.rules.catalogue import Unit
from segments.rules.documents import Loaded
from segments.rules.errors import DefinitionErrors


class Command(BaseCommand):
    """Changes nothing; the exit status says whether the version could be evaluated."""

    help = "Say what publishing a version of a segment would change, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A key, and what to look at."""
        parser.add_argument("key", metavar="KEY", help="a segment")
        parser.add_argument("--version-number", type=int, metavar="N", help="the newest version if it is left out")
        parser.add_argument("--by", metavar="TRAIT", help="break down who enters and who leaves by a trait")

    def handle(self, *_: Any, **options: Any) -> None:
        """Exit status 1 for what is not there and for what can't be evaluated."""
        segment = Segment.objects.select_related("team", "owner", "published").filter(key=options["key"]).first()
        if segment is None:
            raise CommandError(f"There is no segment '{options['key']}'.")
        by, version = options["by"], _version(segment, options["version_number"])
        if by is not None and by not in load_catalogue().traits(Unit(segment.unit)):
            raise CommandError(f"There is no trait '{by}' of what this segment counts.")
        try:
            services.checked(segment, Loaded(version.definition), actor=INSTALLATION)
            told = plans.describe(
                look_ahead(segment, version.definition, actor=INSTALLATION), actor=INSTALLATION, by=by
            )
        except (DefinitionErrors, EngineError) as error:
            raise CommandError(str(error)) from error
        document = {"version": version.number, **told}
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder))


def _version(segment: Segment, number: int | None) -> SegmentVersion:
    versions = selectors.versions(actor=INSTALLATION, segment=segment)
    found = versions.first() if number is None else versions.filter(number=number).first()
    if found is None:
        raise CommandError(f"'{segment.key}' has no such version.")
    return found
