"""Every destination has a page that names each of its fields."""

from pathlib import Path

import pytest

from activations.destinations import kinds

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_destination_has_a_page_with_its_fields(kind: str) -> None:
    page = (DOCS / "destinations" / f"{kind}.md").read_text()
    missing = [field.label for field in kinds()[kind].fields if f"| {field.label} |" not in page]
    assert missing == []
