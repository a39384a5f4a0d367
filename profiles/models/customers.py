"""Customers: people we know, the companies they belong to, and how each is recognised."""

from typing import ClassVar

from django.db import models


class Company(models.Model):
    """A B2B account. `known` is False for one that data has named but nothing has described yet.

    A company that is not known is nobody's: it is in no population, and a profile that names it has none
    (RULES 3.15). The row exists all the same, so that old events join it once it becomes known.
    """

    external_id = models.TextField(unique=True)
    known = models.BooleanField(default=True)
    traits = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.external_id


class Profile(models.Model):
    """A person. `lasting` is True once an external id, e-mail or phone names them: then they are counted.

    `traits` holds key → value as checked by the catalogue: text, a finite number, a boolean, an instant as
    ``YYYY-MM-DDTHH:MM:SS.ffffffZ``, or a sorted list of texts. Missing is absent, never null.
    """

    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="profiles")
    lasting = models.BooleanField(default=False)
    traits = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"profile {self.pk}"


class Identity(models.Model):
    """One way to recognise a profile. A value of a kind belongs to one profile only.

    That the profile exists is not checked by the database: it costs an import a third of its time (docs/adr/0002).
    Who adds an identity makes the profile in the same transaction, or holds its row (FOR KEY SHARE) until its end.
    """

    class Kind(models.TextChoices):
        EXTERNAL_ID = "external_id"
        EMAIL = "email"
        PHONE = "phone"
        ANONYMOUS_ID = "anonymous_id"

    LASTING: ClassVar[tuple[str, ...]] = (Kind.EXTERNAL_ID, Kind.EMAIL, Kind.PHONE)

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="identities", db_constraint=False)
    kind = models.CharField(max_length=12, choices=Kind)
    value = models.TextField()

    class Meta:
        verbose_name_plural = "identities"
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "value"),
                name="identity_unique",
                violation_error_message="Another profile has this identifier.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of profile {self.profile_id}"
