"""The pretend tools that there are, and what each holds, in a file of its own: several processes serve them."""

import fcntl
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from activations import destinations
from activations.destinations.base_emulator import Emulator

UNKEPT = frozenset({"lock", "ended", "calls"})


def emulators() -> dict[str, type[Emulator]]:
    """By the kind of destination; those that bring one along."""
    found = {}
    for kind in destinations.kinds():
        name = f"{destinations.package_of(kind)}.emulator"
        if find_spec(name) is not None:
            module = import_module(name)
            found[kind] = next(one for one in vars(module).values() if _is_emulator(one))
    return found


def _is_emulator(one: object) -> bool:
    return isinstance(one, type) and issubclass(one, Emulator) and one is not Emulator


class Shelf:
    """The tools of one installation. `moods` says how each behaves: well, down or locked."""

    def __init__(self) -> None:
        self._folder = Path(settings.REGISTRY_HOME) / "demo" / "tools"

    @contextmanager
    def taken(self, kind: str) -> Iterator[Emulator]:
        """The tool, for one process at a time; what it holds afterwards is kept, if it let anybody in."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{kind}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            tool = self._read(kind)
            yield tool
            if self.mood(kind) == "well":
                self._keep(kind, tool)

    def mood(self, kind: str) -> str:
        path = self._folder / f"{kind}.mood"
        return path.read_text() if path.exists() else "well"

    def set_mood(self, kind: str, mood: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / f"{kind}.mood").write_text(mood)

    def shown(self, kind: str) -> list[str]:
        return self._read(kind).shown()

    def _keep(self, kind: str, tool: Emulator) -> None:
        kept = {name: value for name, value in vars(tool).items() if name not in UNKEPT}
        path = self._folder / f"{kind}.new"
        path.write_bytes(pickle.dumps(kept))
        path.replace(self._folder / kind)

    def _read(self, kind: str) -> Emulator:
        tool = emulators()[kind]()
        path = self._folder / kind
        if path.exists():
            vars(tool).update(pickle.loads(path.read_bytes()))  # noqa: S301 - a file of our own
        if self.mood(kind) == "locked":
            tool.lock_out()
        return tool
