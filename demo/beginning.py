"""When Harbourline was made: the day that counts as today in its stories, which a later start has to know again."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from lib import clock


@dataclass(frozen=True, slots=True)
class Beginning:
    """`moment` is when the making began; `folder` holds what the demo keeps beside the registry."""

    folder: Path
    moment: datetime

    @classmethod
    def of(cls, folder: Path) -> "Beginning":
        """As the first start has noted it; noted now, if this is the first."""
        folder.mkdir(parents=True, exist_ok=True)
        note = folder / "begun"
        if not note.exists():
            note.write_text(clock.now().isoformat())
        return cls(folder, datetime.fromisoformat(note.read_text()))

    @property
    def today(self) -> datetime:
        """Midnight (UTC) of that day."""
        return datetime.combine(self.moment.astimezone(UTC).date(), time(), UTC)

    @property
    def is_made(self) -> bool:
        """Whether a start has come to the end of the making."""
        return (self.folder / "made").exists()

    def note_made(self) -> None:
        """The next start has nothing to make."""
        (self.folder / "made").touch()
