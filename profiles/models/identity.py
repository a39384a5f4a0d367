"""Who turned out to be whom, and identifiers that too many people claim."""

from django.db import models

from profiles.models.catalogue import Source


class Redirect(models.Model):
    """The lake still says `from_id` of somebody who is `to_id` now. `to_id` is never redirected itself (I4).

    Where that person was erased, `to_id` is the id with a minus sign: the events are to be left out.
    """

    from_id = models.BigIntegerField(primary_key=True)
    to_id = models.BigIntegerField(db_index=True)
    since = models.DateTimeField(db_default=models.functions.Now())

    def __str__(self) -> str:
        return f"profile {self.from_id} is {self.to_id}"


class Merge(models.Model):
    """The profile `gone` was found to be the same person as `stays`; kept for ever, unlike the redirect.

    `by` is the kind of identifier that both had, or "alias" where a source said so; `value` is that identifier.
    """

    gone = models.BigIntegerField(unique=True)
    stays = models.BigIntegerField(db_index=True)
    by = models.CharField(max_length=12)
    value = models.TextField()
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL)
    merged_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"profile {self.gone} merged into {self.stays}"


class IdentityClaim(models.Model):
    """A profile was named with an identifier that is another's and stays there."""

    kind = models.CharField(max_length=12)
    value = models.TextField()
    profile_id = models.BigIntegerField(db_index=True)
    since = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "value", "profile_id"), name="identity_claim_unique"),)

    def __str__(self) -> str:
        return f"{self.kind} claimed by profile {self.profile_id}"


class SharedIdentity(models.Model):
    """An identifier that too many people claim to tell who somebody is: from then on it joins nobody."""

    kind = models.CharField(max_length=12)
    value = models.TextField()
    since = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "shared identities"
        constraints = (models.UniqueConstraint(fields=("kind", "value"), name="shared_identity_unique"),)

    def __str__(self) -> str:
        return f"shared {self.kind}"
