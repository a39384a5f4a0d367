"""Conventions of templates, styles and vendored files that no reader sees in one place."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = (ROOT / "static" / "vendor" / "icons" / "sprite.svg").read_text()
NAMES = set(re.findall(r'symbol id="([^"]+)"', SPRITE))
SIGNS = (ROOT / "pages" / "templatetags" / "registry.py").read_text()
OWN_STYLES = sorted((ROOT / "static" / "css").glob("*.css"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_template_opens_with_a_comment_that_says_what_it_is() -> None:
    assert [named(path) for path in TEMPLATES if not path.read_text().startswith("{# ")] == []


def test_comments_end_on_their_line() -> None:
    """Or Django shows them."""
    wrong = [named(path) for path in TEMPLATES if re.search(r"\{#(?:(?!#\}).)*$", path.read_text(), re.MULTILINE)]
    assert wrong == []


def test_templates_are_under_200_lines() -> None:
    assert [named(path) for path in TEMPLATES if path.read_text().count("\n") >= 200] == []


@pytest.mark.parametrize(
    "forbidden",
    [r"\sstyle=", r"\son[a-z]+=", r"<script>", r"<style", r"hx-on", r"js:", r"hx-boost", r"javascript:", r"https?://"],
)
def test_nothing_in_a_template_needs_a_weaker_policy(forbidden: str) -> None:
    assert [named(path) for path in TEMPLATES if re.search(forbidden, path.read_text())] == []


def test_every_icon_is_in_the_sprite_and_every_icon_of_the_sprite_is_used() -> None:
    used = set()
    for path in TEMPLATES:
        written = path.read_text()
        used |= set(re.findall(r'<c-icon\s+name="([a-z0-9-]+)"', written))
        used |= set(re.findall(r'\bicon="([a-z0-9-]+)"', written))
        used |= set(re.findall(r"arrow-(?:down|up)", written))
    for path in SCRIPTS:
        used |= set(re.findall(r'"([a-z0-9-]+)"', path.read_text())) & NAMES
    used |= set(re.findall(r'"(?:ok|warn|bad|info|quiet)", "([a-z0-9-]+)"', SIGNS))
    assert used == NAMES


def test_vendored_files_are_what_the_list_says() -> None:
    rows = re.findall(
        r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$",
        (ROOT / "static" / "vendor" / "VENDORED.md").read_text(),
        re.MULTILINE,
    )
    assert len(rows) == 11
    assert [path for path, digest in rows if hashlib.sha256((ROOT / path).read_bytes()).hexdigest() != digest] == []
    assert [path for path, _ in rows if not (ROOT / path).with_name("LICENSE.txt").exists()] == []


def test_vendored_files_point_to_no_map_and_the_lockfile_to_no_host() -> None:
    scripts = [*(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]
    assert [named(path) for path in scripts if b"sourceMappingURL" in path.read_bytes()] == []
    assert '"resolved"' not in (ROOT / "tools" / "vendor" / "package-lock.json").read_text()


def styles_of(template: str) -> list[str]:
    return re.findall(r"'css/(\w+\.css)'", (ROOT / "templates" / template).read_text())


def test_our_own_styles_weigh_at_most_12_kilobytes_on_any_page() -> None:
    weight = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in OWN_STYLES}
    usual, in_the_builder, of_data = map(styles_of, ("base.html", "builder/page.html", "data/map.html"))
    assert {*usual, *in_the_builder, *of_data} == set(weight)
    assert sum(weight[name] for name in usual) <= 12 * 1024
    shared = [name for name in usual if name != "customers.css"]  # which the builder's own take the place of
    assert sum(weight[name] for name in [*shared, *in_the_builder]) <= 12 * 1024
    assert sum(weight[name] for name in [*usual, *of_data]) <= 12 * 1024
