"""Requests that may come twice and are done once."""

from django.conf import settings
from django.db import models


class IdempotentRequest(models.Model):
    """A POST with an `Idempotency-Key`, and its answer: written in the transaction of what it did.

    `route` is method and path, `body` a hash of what was sent, `response` JSON; empty for answers that are shown once.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    route = models.TextField()
    body = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    response = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    answered_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_unique"),)
        indexes = (models.Index(fields=("answered_at",), name="idempotent_request_age"),)

    def __str__(self) -> str:
        return f"{self.route} ({self.key})"
