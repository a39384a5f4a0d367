"""The benchmarks' own registry: a REGISTRY_HOME below the usual one, so that nobody's data is ever touched."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.world import Size
from bench.world.files import WorldFiles, generator

ROOT = Path(__file__).resolve().parent.parent
EXTERNAL = ("DATABASE_URL", "REDIS_URL", "LAKE_URL")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the benchmarks of one size keep what they make."""

    size: Size
    folder: Path
    fingerprint: str
    """Of the code that loads a registry: its home is another one for other tables or another loader."""

    @property
    def files(self) -> WorldFiles:
        """The world as import files."""
        return WorldFiles(self.folder / "files", self.size)

    @property
    def clickhouse(self) -> Path:
        """The rival's tables."""
        return self.folder / "clickhouse"

    @property
    def registry(self) -> Path:
        """The home of the registry that holds the world."""
        return self.folder / f"registry-{self.fingerprint}"

    @property
    def loaded(self) -> Path:
        """Exists once that registry holds the whole world."""
        return self.registry / "loaded"

    def environment(self, home: Path) -> dict[str, str]:
        """For a process that works on the registry in `home`, with its own embedded servers."""
        kept = {name: value for name, value in os.environ.items() if name not in EXTERNAL}
        return kept | {"REGISTRY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "WARNING"}


def place_of(size: Size, environment: Mapping[str, str]) -> Place:
    """Below REGISTRY_HOME, where that is set, else below ``var/``."""
    home = Path(environment.get("REGISTRY_HOME") or ROOT / "var").resolve()
    return Place(size, home / "bench" / size.name, _fingerprint())


def enter(place: Place) -> None:
    """Make the registry of `place` this process's own: settings, servers, an up-to-date database."""
    for old in place.folder.glob("registry-*"):
        if old != place.registry or not place.loaded.exists():
            shutil.rmtree(old)
    environment = place.environment(place.registry)
    for name in EXTERNAL:
        os.environ.pop(name, None)
    os.environ.update(environment)

    import django  # noqa: PLC0415 - reads the environment

    django.setup()
    from config.boot import migrate_embedded, start_servers  # noqa: PLC0415 - only after the set-up

    start_servers()
    migrate_embedded()


def _fingerprint() -> str:
    digest = hashlib.sha256(generator().encode())
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "bench" / "registry.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
