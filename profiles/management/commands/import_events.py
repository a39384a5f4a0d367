"""`import_events FILE...`: events from files."""

from argparse import ArgumentParser

from profiles.ingest.command import ImportCommand


class Command(ImportCommand):
    """Rows with an event, whoever did it and when; other columns, or the object `properties`, are properties."""

    kind = "events"
    help = "Import events: event (or --event), user_id or anonymous_id, timestamp, optional message_id, company_id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--event", metavar="NAME", help="the event of all rows")
