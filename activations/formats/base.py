"""What a format is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Format:
    """One field of one vendor. `rule` writes one text as the vendor wants it, '' where nothing is left of it.

    `of` is the identifier that it is for, '' for any text.
    """

    field: str
    label: str
    rule: Callable[[str], str]
    is_hashed: bool = True
    is_phone: bool = False
    of: str = ""

    def hashed(self, texts: Sequence[str | None]) -> list[str | None]:
        """SHA-256 as 64 hexadecimal digits in lower case."""
        return [sha256(text.encode()).hexdigest() if text else None for text in texts]
