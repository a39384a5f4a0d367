"""Static files: collected, named by their content and compressed once, then only when one of them has changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_if_changed() -> None:
    """Fill STATIC_ROOT, unless it was filled from the same files before."""
    mark = Path(settings.STATIC_ROOT) / ".collected"
    state = _state()
    if mark.exists() and mark.read_text() == state:
        return
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(state)


def _state() -> str:
    """A digest of the names, sizes and times of all sources."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = f"{name}\0{storage.size(name)}\0{storage.get_modified_time(name).isoformat()}\n"
            digest.update(found.encode())
    return digest.hexdigest()
