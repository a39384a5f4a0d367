"""What staff did: one entry per write, and per reading of personal data."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class AuditEntry(models.Model):
    """Who did what to what, as plain values that outlive the rows they speak of.

    Written by `accounts.audit.record` only; the database refuses to change or delete one (migration 0002). It holds no
    secrets, and of customers their number and ids at most.
    """

    at = models.DateTimeField(db_default=models.functions.Now())
    actor_id = models.BigIntegerField(null=True, help_text="Of the user; empty where the installation itself acted.")
    actor_label = models.CharField(max_length=254, help_text="The user's e-mail address at that time.")
    token = models.CharField(max_length=12, blank=True, help_text="The prefix of the token that was used.")
    address = models.CharField(max_length=45, blank=True, help_text="Where the request came from.")
    action = models.CharField(max_length=63, help_text="A kind of thing and a verb: segment.publish.")
    target_kind = models.CharField(max_length=63, blank=True)
    target_key = models.CharField(max_length=254, blank=True)
    target_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    team_key = models.CharField(max_length=63, blank=True)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=("team_id", "-id"), name="audit_of_team"),
            models.Index(fields=("actor_id", "-id"), name="audit_of_actor"),
            models.Index(fields=("target_kind", "target_id", "-id"), name="audit_of_target"),
        )

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.action} {self.target_key}".rstrip()
