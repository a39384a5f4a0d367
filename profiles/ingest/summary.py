"""What an import did, as the lines that it prints on stdout."""

from dataclasses import dataclass, field

from profiles.ingest.rejects import Rejects

REASONS_SHOWN = 10


@dataclass(slots=True)
class Summary:
    """The result of one command: lines of a name and a number."""

    what: str
    read: int
    new: int
    changed: int | None
    unchanged: int
    rejects: Rejects
    extra: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """The lines. The reasons of rejected rows are indented below their number."""
        lines = [f"rows read: {self.read}", f"new {self.what}: {self.new}"]
        if self.changed is not None:
            lines.append(f"changed: {self.changed}")
        lines.append(f"unchanged: {self.unchanged}" if self.changed is not None else f"already known: {self.unchanged}")
        lines.append(f"rejected rows: {self.rejects.rows}")
        if self.rejects.parts:
            lines.append(f"rejected e-mails and phones: {self.rejects.parts}")
        common = self.rejects.kinds.most_common()
        lines += [f"  {kind}: {count}" for kind, count in common[:REASONS_SHOWN]]
        if len(common) > REASONS_SHOWN:
            lines.append(f"  other reasons: {sum(count for _, count in common[REASONS_SHOWN:])}")
        lines += [f"{name}: {number}" for name, number in self.extra.items()]
        if self.rejects.rows or self.rejects.parts:
            lines.append(f"rejects file: {self.rejects.path}")
        return "\n".join(lines)

    @property
    def nothing_taken(self) -> bool:
        """Whether there were rows and all were rejected."""
        return self.read > 0 and self.rejects.rows == self.read
