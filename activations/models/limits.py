"""How often and by how many at a time a connection may be used, over all workers."""

from django.db import models

from activations.models.activations import Connection
from lib.leases import Leased


class Pace(models.Model):
    """When the calls of a connection that were let through so far are paid for, by the database's clock.

    Each call moves `paid_until` on by what one call costs (`engine.limits`); it is in the future by as much as the
    connection has used of its rate. A tool that asks to be left alone moves it on by that time.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, primary_key=True, related_name="+")
    paid_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"pace of {self.connection}"


class Slot(Leased):
    """One of the runs that a connection takes at a time; a run holds it by a lease while it sends."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("connection", "number"), name="slot_unique"),)

    def __str__(self) -> str:
        return f"slot {self.number} of {self.connection}"
