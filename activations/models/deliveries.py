"""What each tool has, person by person (I10)."""

from django.db import models
from django.db.models import Q

from activations.models.activations import Activation
from activations.models.runs import SyncRun


class Delivery(models.Model):
    """One key of one member at one activation's tool.

    `member` is the pk of a profile or a company, as the segment's unit says. A member whose key changes has two rows
    until the old key's removal is confirmed; the row of a removed key is deleted. `payload_hash` is of what was last
    sent, mapping included (see `engine.sources`); `revision` grows whenever something else is asked of the tool than
    before; `delivered_at` tells whether the tool has ever taken the key, which a refused change does not undo. `run` is
    null for a `sending` or `removing` row that its run left behind.
    """

    class State(models.TextChoices):
        SENDING = "sending", "sent, answer not known"
        ACCEPTED = "accepted", "taken by the tool, which reports only counts"
        DELIVERED = "delivered", "confirmed by the tool"
        REJECTED = "rejected", "refused by the tool"
        REMOVING = "removing", "removal sent, answer not known"

    PRESENT = (State.ACCEPTED, State.DELIVERED)
    UNCERTAIN = (State.SENDING, State.REMOVING)

    activation = models.ForeignKey(Activation, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    member = models.BigIntegerField()
    key = models.TextField(help_text="The identifier as it was sent.")
    remote_id = models.TextField(blank=True, default="", db_default="")
    payload_hash = models.BigIntegerField()
    revision = models.PositiveIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=9, choices=State)
    reason = models.TextField(blank=True, default="", db_default="", help_text="Why the tool refused it.")
    delivered_at = models.DateTimeField(null=True)
    run = models.ForeignKey(SyncRun, null=True, on_delete=models.SET_NULL, related_name="deliveries", db_index=False)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = (
            models.Index(
                fields=("activation", "run"), condition=Q(state__in=("sending", "removing")), name="delivery_uncertain"
            ),
            models.Index(fields=("run",), condition=Q(run__isnull=False), name="delivery_of_run"),
        )
        constraints = (models.UniqueConstraint(fields=("activation", "member", "key"), name="delivery_unique"),)

    def __str__(self) -> str:
        return f"{self.state} {self.member} at {self.activation}"
