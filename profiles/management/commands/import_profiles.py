"""`import_profiles FILE...`: people from files."""

from argparse import ArgumentParser

from profiles.ingest.command import ImportCommand


class Command(ImportCommand):
    """Rows with an external id, optional email, phone and company_id; every other column is a trait."""

    kind = "profiles"
    help = "Import profiles: external_id (or --id), optional email, phone, company_id; other columns are traits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--id", metavar="COLUMN", help="the column that holds the external id")
