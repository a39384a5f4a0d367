"""The worker's part: take the next import and carry it out, as the commands do."""

import logging
from contextlib import closing
from functools import partial

from django.conf import settings

from lib import leases
from lib.leases import LeaseLostError
from profiles.catalogue import CatalogueError
from profiles.imports import files, outcomes, queue
from profiles.imports.agreement import NotAcceptedError, RowAgreement
from profiles.imports.options import options_of
from profiles.ingest import kinds
from profiles.ingest.database import claimed
from profiles.ingest.refusals import ImportRefusedError, WrongUseError
from profiles.ingest.rejects import Rejects
from profiles.models import Import

logger = logging.getLogger(__name__)

MOST_REJECTED = 100 * 1024 * 1024
"""Characters of rejected rows that are kept."""


def work() -> int:
    """Carry out imports until none is left that may be worked on now; answers how many were tried."""
    tried = 0
    while (row := queue.claim()) is not None:
        tried += 1
        try:
            with leases.kept([row], seconds=settings.LEASE_SECONDS), _Accounts(row):
                _carry_out(row)
            logger.info("%s: %s, %s", row, row.state, row.counts or "nothing counted")
        except LeaseLostError as lost:
            logger.warning("%s, so it writes nothing more", lost)
    return tried


def _carry_out(row: Import) -> None:
    """Everything of one attempt. Each transaction that writes rows makes sure that the import is still ours."""
    try:
        with claimed(partial(leases.hold, row)), closing(Rejects(files.rejects_of(row.pk), MOST_REJECTED)) as rejects:
            summary = kinds.run(row.kind, options_of(row), rejects, RowAgreement(row))
    except NotAcceptedError:
        outcomes.wait_for_acceptance(row)
    except (ImportRefusedError, WrongUseError, CatalogueError) as error:
        outcomes.refuse(row, str(error))
    else:
        outcomes.finish(row, summary)


class _Accounts:
    """Leaves no claimed import behind: after an error that nobody has foreseen it is tried again later."""

    def __init__(self, row: Import) -> None:
        self.row = row

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, LeaseLostError):
            outcomes.try_again(self.row, error)
