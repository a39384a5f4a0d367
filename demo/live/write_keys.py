"""The write keys with which the demo's programs send, kept beside the demo's data: nobody can ask for them again."""

import json
import os
from pathlib import Path

from accounts.actors import Actor
from demo.catalogue import SOURCES
from profiles.models import Source
from profiles.services import issue_write_key


def issue(folder: Path, administrator: Actor) -> None:
    """Have a key for each source; those that are there stay."""
    path = folder / "write-keys"
    if path.exists():
        return
    keys = {key: issue_write_key(actor=administrator, source=Source.objects.get(key=key)) for key in SOURCES}
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        json.dump(keys, file)


def load(folder: Path) -> dict[str, str]:
    """Source → write key."""
    found: dict[str, str] = json.loads((folder / "write-keys").read_text())
    return found
