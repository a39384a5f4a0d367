"""`import_companies FILE...`: companies from files."""

from argparse import ArgumentParser

from profiles.ingest.command import ImportCommand


class Command(ImportCommand):
    """Rows with an external id; every other column is a trait."""

    kind = "companies"
    help = "Import companies: external_id (or --id); other columns are traits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--id", metavar="COLUMN", help="the column that holds the external id")
