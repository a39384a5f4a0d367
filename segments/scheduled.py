"""Versions whose time of publication has come, by the database's clock."""

import logging

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now

from accounts.actors import INSTALLATION, Actor
from segments import services
from segments.models import SegmentVersion
from segments.rules.errors import DefinitionErrors

logger = logging.getLogger(__name__)


def publish_due() -> int:
    """Publish each in a transaction of its own, as the person who has set the time; answers how many.

    What is refused then is noted at the version and never tried again by itself. A second tick at the same time finds
    nothing left to do, and neither does one that comes after the time was taken back.
    """
    return sum(_publish(version) for version in _due())


def _due() -> list[SegmentVersion]:
    return list(SegmentVersion.objects.filter(publish_at__lte=Now()).select_related("publish_by").order_by("pk"))


def _publish(version: SegmentVersion) -> bool:
    try:
        services.publish_scheduled(actor=Actor(version.publish_by), version=version)
    except (ValidationError, PermissionDenied, DefinitionErrors) as error:
        _note(version, _words(error))
        return False
    return True


def _note(version: SegmentVersion, why: str) -> None:
    try:
        services.fail_publication(actor=INSTALLATION, version=version, why=why)
    except ValidationError:
        logger.info("Version %s was published or taken back meanwhile.", version.pk)


def _words(error: ValidationError | PermissionDenied | DefinitionErrors) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
