"""Tokens of the API: a program acts as the person whose token it has, within the token's scopes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Scope(models.TextChoices):
    """What a token may be used for, where its person may do it too."""

    READ = "read"
    WRITE = "write"
    MEMBERS = "members:read"
    PII = "pii:read"
    ADMIN = "admin"


class Token(models.Model):
    """One token. The token itself is shown once and kept nowhere: `digest` is a keyed hash of it.

    `prefix` is its beginning, by which people, logs and audit entries name it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=150, help_text="What uses it.")
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope))
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(scopes=[]),
                name="token_has_a_scope",
                violation_error_message="Name at least one scope.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.prefix} ({self.name})"
