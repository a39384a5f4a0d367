"""`import_events FILE...`: events from files."""

from argparse import ArgumentParser

from profiles.ingest import event_import
from profiles.ingest.agreement import Agreement
from profiles.ingest.command import ImportCommand
from profiles.ingest.options import Options
from profiles.ingest.rejects import Rejects
from profiles.ingest.summary import Summary


class Command(ImportCommand):
    """Rows with an event, whoever did it and when; other columns, or the object `properties`, are properties."""

    help = "Import events: event (or --event), user_id or anonymous_id, timestamp, optional message_id, company_id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--event", metavar="NAME", help="the event of all rows")

    def run(self, options: Options, rejects: Rejects, agreement: Agreement) -> Summary:
        return event_import.run(options, rejects, agreement)
