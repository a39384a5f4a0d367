"""What happened: rows of events by name, gathered while stories are told."""

from collections.abc import Iterator
from dataclasses import dataclass, field

Row = tuple[object, ...]

PROPERTIES: dict[str, dict[str, tuple[str, ...]]] = {
    "app": {
        "Logged in": ("device",),
        "Invoice created": ("amount", "currency"),
        "Invoice sent": ("amount", "currency"),
        "Project created": ("template",),
        "Import finished": ("format", "rows"),
        "Report exported": ("report",),
        "Teammate invited": ("role",),
    },
    "website": {
        "Page viewed": ("path", "referrer"),
        "Newsletter opened": ("issue",),
        "Demo requested": ("topic",),
        "Checkout started": ("plan", "seats"),
    },
    "billing": {
        "Trial started": ("plan",),
        "Checkout completed": ("plan", "seats"),
        "Plan changed": ("from", "to", "direction", "mrr_change"),
        "Subscription cancelled": ("reason", "mrr_lost"),
        "Payment received": ("amount", "currency", "method"),
        "Payment failed": ("amount", "currency", "reason"),
    },
    "support": {
        "Ticket opened": ("topic", "priority"),
        "Ticket solved": ("topic", "hours", "satisfaction"),
    },
}
"""Source → event → the names of its properties, in the order in which rows hold them."""

SOURCE_OF = {event: source for source, events in PROPERTIES.items() for event in events}


@dataclass(slots=True)
class Log:
    """Rows by event: who, for which company ("" for a person's own), at which second, then the properties."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {event: [] for event in SOURCE_OF})

    def __iter__(self) -> Iterator[tuple[str, Row]]:
        return ((event, row) for event, rows in self.rows.items() for row in rows)

    def count(self) -> int:
        """How many events there are."""
        return sum(map(len, self.rows.values()))
