"""A folder into which a test drops destinations, as a person drops one into the project."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from activations import destinations

Drop = Callable[[str, str], None]


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drop]:
    """Write a destination's folder: its name and the text of its ``__init__.py``."""
    place = tmp_path / "dropped"
    place.mkdir()
    monkeypatch.setattr(destinations, "__path__", [*destinations.__path__, str(place)])
    names: list[str] = []

    def write(name: str, text: str) -> None:
        (place / name).mkdir()
        (place / name / "__init__.py").write_text(text)
        names.append(name)

    yield write
    for name in names:
        sys.modules.pop(f"{destinations.__name__}.{name}", None)
