"""The comparison with the reference finds mistakes: thirty of them, planted in copies of the compiler."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rules.planted import pairs_until_found, read_mistakes

MISTAKES = read_mistakes()
PAIRS = 10_000
"""As many as the deep run compares at least."""


def test_thirty_mistakes_are_kept_and_apply(tmp_path: Path) -> None:
    assert len(MISTAKES) >= 30
    for mistake in MISTAKES:
        mistake.plant(tmp_path / mistake.name)


@pytest.mark.deep
def test_the_comparison_finds_every_planted_mistake(tmp_path: Path, printed: Callable[[str], None]) -> None:
    found = {}
    for mistake in MISTAKES:
        folder = tmp_path / mistake.name
        mistake.plant(folder)
        found[mistake.name] = pairs_until_found(folder, 0, PAIRS)
    told = [f"{name} {pairs}" for name, pairs in found.items() if pairs is not None]
    printed(f"{len(told)} of {len(MISTAKES)} planted mistakes found, after so many pairs: {', '.join(told)}")
    assert [name for name, pairs in found.items() if pairs is None] == []
