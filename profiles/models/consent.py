"""What people have agreed to, channel by channel, and whom nobody may contact."""

from django.db import models

from profiles.models.customers import Profile


class Channel(models.TextChoices):
    """The ways to reach a person that consent is given for."""

    EMAIL = "email", "e-mail"
    SMS = "sms", "text messages"
    PHONE = "phone", "phone calls"
    PUSH = "push", "push notifications"
    ADS = "ads", "advertising"
    POST = "post", "letters"


EVERY_CHANNEL = "all"
"""What a suppression names in place of a channel where it holds for all of them, and for tools that have none."""


class Consent(models.Model):
    """The last word of one person on one channel; without a row the answer is no (I9).

    `source` says where it was said: a key of a source, a tool, a page. Written by `profiles.services` only, which hold
    the profile's row FOR UPDATE, so that whoever holds it FOR KEY SHARE reads what stays true until their commit.
    """

    class State(models.TextChoices):
        GRANTED = "granted"
        DENIED = "denied"

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="consents", db_index=False)
    channel = models.CharField(max_length=5, choices=Channel)
    state = models.CharField(max_length=7, choices=State)
    source = models.CharField(max_length=100)
    by = models.CharField(max_length=254, help_text="Who wrote it down.")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("profile", "channel"), include=("state",), name="consent_of_channel"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Suppression(models.Model):
    """Do not contact this person by a channel, or by any (`EVERY_CHANNEL`), whatever they have agreed to."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="suppressions", db_index=False)
    channel = models.CharField(max_length=5, choices=[(EVERY_CHANNEL, "every channel"), *Channel.choices])
    reason = models.TextField()
    source = models.CharField(max_length=100)
    by = models.CharField(max_length=254, help_text="Who wrote it down.")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("profile", "channel"), name="suppression_of_channel"),)

    def __str__(self) -> str:
        return f"{self.channel} suppressed"


class ConsentChange(models.Model):
    """One entry of the history of consent and suppression, which nothing but the person's erasure takes away."""

    class What(models.TextChoices):
        GRANTED = "granted", "agreed"
        DENIED = "denied", "did not agree, or withdrew it"
        SUPPRESSED = "suppressed", "must not be contacted"
        LIFTED = "lifted", "may be contacted again where they agreed"

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="consent_changes")
    channel = models.CharField(max_length=5, choices=[(EVERY_CHANNEL, "every channel"), *Channel.choices])
    what = models.CharField(max_length=10, choices=What)
    reason = models.TextField(blank=True, default="", db_default="")
    source = models.CharField(max_length=100)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.channel} {self.what}"
