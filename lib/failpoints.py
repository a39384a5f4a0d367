"""Named points at which a test kills the process that reaches them, to prove that nothing depends on getting past.

`REGISTRY_FAILPOINT=flush.appended:3` kills this process, as `kill -9` does, the third time it reaches that point;
without the number, the first time. Unset, as always outside tests, reaching a point costs a look at the environment.
"""

import os
import signal
from collections import Counter

ENVIRONMENT = "REGISTRY_FAILPOINT"

_declared: set[str] = set()
_reached: Counter[str] = Counter()


def declare(*names: str) -> tuple[str, ...]:
    """Make the points of a module known, in the order in which it reaches them. Tests go through all that are."""
    _declared.update(names)
    return names


def declared() -> frozenset[str]:
    """The points of all modules that are imported."""
    return frozenset(_declared)


def reach(name: str) -> None:
    """Die here if the environment says so. Raises `KeyError` for a point that no module has declared."""
    if name not in _declared:
        raise KeyError(f"the fail-point {name} is not declared")
    wanted, _, times = os.environ.get(ENVIRONMENT, "").partition(":")
    if wanted != name:
        return
    _reached[name] += 1
    if _reached[name] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
