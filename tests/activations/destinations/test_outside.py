"""The worked example of the docs, installed in a folder outside of the project, through the whole contract suite."""

import re
import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path

import pytest

from activations import destinations
from activations.destinations.base_emulator import Emulator
from tests.activations.tool_contract import ToolContract

PAGE = Path(__file__).resolve().parents[3] / "docs" / "adding-a-destination.md"
BLOCK = re.compile(r"```\w+\n# (?P<name>[\w./]+)\n(?P<text>.*?)```", re.DOTALL)


@pytest.fixture(scope="module", autouse=True)
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the page says to write, where Python finds installed packages; answers its files."""
    place = tmp_path_factory.mktemp("elsewhere")
    files = {found["name"]: found["text"] for found in BLOCK.finditer(PAGE.read_text())}
    for name, text in files.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text)
    entry = re.search(r"^listly = \"(.+)\"$", files["pyproject.toml"], re.MULTILINE)
    assert entry is not None
    metadata = place / "registry_listly-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: registry-listly\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{destinations.GROUP}]\nlistly = {entry[1]}\n")
    sys.path.append(str(place))
    invalidate_caches()
    destinations.outside.cache_clear()
    yield files
    sys.path.remove(str(place))
    destinations.outside.cache_clear()
    for name in [name for name in sys.modules if name.startswith("registry_listly")]:
        del sys.modules[name]


def test_an_installed_package_is_a_kind_of_destination() -> None:
    assert destinations.kinds()["listly"].label == "Listly"
    assert "files" in destinations.kinds()
    assert destinations.package_of("listly") == "registry_listly"


class TestListly(ToolContract):
    """As the page's own test module says, whose class can't be there before the package is."""

    kind = "listly"

    @pytest.fixture(autouse=True)
    def _page(self, example: dict[str, str], _tool: None) -> None:
        defined: dict[str, type[ToolContract]] = {}
        exec(compile(example["test_listly.py"], str(PAGE), "exec"), defined)
        self.theirs = defined["TestListly"]()

    def emulator(self) -> Emulator:
        tool: Emulator = import_module("registry_listly.emulator").ListlyEmulator()
        return tool

    def config(self) -> dict[str, str]:
        return self.tool.config(self.address)

    def wrong_config(self) -> dict[str, str]:
        return self._as_theirs().wrong_config()

    def secret(self) -> str:
        return self._as_theirs().secret()

    def held(self) -> dict[str, str]:
        return self._as_theirs().held()

    def _as_theirs(self) -> ToolContract:
        self.theirs.tool, self.theirs.address = self.tool, self.address
        return self.theirs
