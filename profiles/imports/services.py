"""What people do with imports: ask for one, send its file, accept its types, cancel it.

Each takes the `actor` and adds one entry to the audit log. Refusals are Django's `PermissionDenied` and
`ValidationError`; a refused verb has changed nothing.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit, policy
from accounts.actors import Actor
from accounts.models import Team
from accounts.policy import Action
from lib import clock, doorbells, leases
from profiles import tasks
from profiles.imports import files, options
from profiles.imports.files import Stream
from profiles.models import Import

MOST_OPEN = 20
"""Imports of one team that are not over: each may hold a file of the largest size."""

State = Import.State


@transaction.atomic
def create_import(*, actor: Actor, team: Team, kind: str, given: Mapping[str, Any]) -> Import:
    """An import that waits for its file. `given` are the options by the names of the commands'."""
    policy.require(actor, Action.IMPORT, team)
    options.check(kind, given)
    Team.objects.select_for_update().get(pk=team.pk)  # two at once are both counted
    if Import.objects.filter(team=team, state__in=Import.OPEN).count() >= MOST_OPEN:
        message = f"This team has {MOST_OPEN} imports that are not over: wait for them, or cancel some."
        raise ValidationError(message, "state")
    row = Import.objects.create(team=team, actor=actor.user, kind=kind, options=dict(given))
    audit.record(actor=actor, action="import.create", target=row, team=team, after={"kind": kind, "options": given})
    return row


def attach_file(*, actor: Actor, row: Import, stream: Stream, size: int) -> Import:
    """Take in the file, and have a worker import it. The same file once more changes nothing.

    Raises `CutOffError` if fewer than `size` bytes come.
    """
    policy.require(actor, Action.IMPORT, row.team)
    if not 0 < size <= settings.IMPORT_MAX_MB * 1024 * 1024:
        message = f"A file has 1 byte to {settings.IMPORT_MAX_MB} MiB: send a larger one in parts, each as an import."
        raise ValidationError({"file": message}, "too_large")
    if row.state not in Import.OPEN:
        raise ValidationError("This import is over: make another one.", "state")
    with files.received(row.pk, stream, size) as file, transaction.atomic():
        locked = Import.objects.select_for_update(of=("self",)).select_related("team").get(pk=row.pk)
        if locked.sha256 == file.sha256 and locked.state in Import.OPEN:
            return locked
        if locked.waits_for != "file":
            raise ValidationError("This import has its file already, or is over: make another one.", "state")
        files.keep(row.pk, file)
        locked.size, locked.sha256, locked.state = file.size, file.sha256, State.QUEUED
        locked.save()
        after = {"size": file.size, "sha256": file.sha256}
        audit.record(actor=actor, action="import.file", target=locked, team=locked.team, after=after)
        doorbells.ring(tasks.import_waiting)
    return locked


@transaction.atomic
def accept_additions(*, actor: Actor, row: Import) -> Import:
    """Agree to what the import adds to the catalogue, as it is shown; types can't be changed later."""
    policy.require(actor, Action.IMPORT, row.team)
    locked = Import.objects.select_for_update(of=("self",)).select_related("team").get(pk=row.pk)
    if locked.waits_for != "acceptance":
        raise ValidationError("This import does not wait for its types to be accepted.", "state")
    locked.accepted, locked.state, locked.attempts = locked.additions, State.QUEUED, 0
    locked.save()
    audit.record(
        actor=actor, action="import.accept", target=locked, team=locked.team, after={"additions": locked.accepted}
    )
    doorbells.ring(tasks.import_waiting)
    return locked


@transaction.atomic
def cancel_import(*, actor: Actor, row: Import) -> Import:
    """End an import; rows that were written stay, and the file is deleted."""
    policy.require(actor, Action.IMPORT, row.team)
    locked = Import.objects.select_for_update(of=("self",)).select_related("team").get(pk=row.pk)
    if locked.state not in Import.OPEN:
        raise ValidationError("This import is over.", "state")
    before = {"state": locked.state}
    leases.fence_off(Import.objects.filter(pk=row.pk))
    Import.objects.filter(pk=row.pk).update(state=State.CANCELLED, finished_at=clock.now())
    locked.refresh_from_db()
    audit.record(
        actor=actor,
        action="import.cancel",
        target=locked,
        team=locked.team,
        before=before,
        after={"state": "cancelled"},
    )
    transaction.on_commit(lambda: files.discard(row.pk))
    return locked
