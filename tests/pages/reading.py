"""What a person reads on a page."""

import re
from typing import Protocol


class Answer(Protocol):
    """A response of the test client."""

    @property
    def content(self) -> bytes: ...


def text(response: Answer) -> str:
    """The words of a page without its tags, spaces made one."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def names(response: Answer) -> list[str]:
    """The names of the segments in the catalogue, in their order."""
    return re.findall(r'class="row-link"[^>]*>([^<]*)</a>', response.content.decode())
