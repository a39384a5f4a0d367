"""Keeps the overlay small while an import goes on."""

from profiles import changes
from profiles.lake import copies


def make_room(coming: int) -> None:
    """Copy what waits outside the lake, if `coming` more rows would make it too much."""
    if changes.overlay_full(coming):
        copies.copy_changes()


def take_over() -> None:
    """Copy all that waits."""
    copies.copy_changes()
