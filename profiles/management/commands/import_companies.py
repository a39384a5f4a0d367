"""`import_companies FILE...`: companies from files."""

from argparse import ArgumentParser

from profiles.ingest import traits
from profiles.ingest.agreement import Agreement
from profiles.ingest.command import ImportCommand
from profiles.ingest.options import Options
from profiles.ingest.rejects import Rejects
from profiles.ingest.summary import Summary


class Command(ImportCommand):
    """Rows with an external id; every other column is a trait."""

    help = "Import companies: external_id (or --id); other columns are traits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--id", metavar="COLUMN", help="the column that holds the external id")

    def run(self, options: Options, rejects: Rejects, agreement: Agreement) -> Summary:
        return traits.run(traits.COMPANY_FILES, options, rejects, agreement)
