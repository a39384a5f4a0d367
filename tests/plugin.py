"""Has the embedded servers running before Django reads its settings: `pytest -p tests.plugin` (see pyproject.toml).

Every run has its own home; the workers of one run share its servers, each with a database and a Redis number of its
own. Nothing of it need survive a power cut, so PostgreSQL does not wait for the disk.
"""

import os
from pathlib import Path

from config import env
from config.embedded import Layout, Postgres, Redis, use

ROOT = Path(__file__).resolve().parent.parent
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ.setdefault("REGISTRY_HOME", str(ROOT / "var" / "tests"))
os.environ["REGISTRY_SECRET_KEYS"] = "a-key-that-is-known-to-everybody-0123456789"
_layout = Layout(env.folder("REGISTRY_HOME", ROOT / "var" / "tests"))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")

if not os.environ.get("DATABASE_URL"):
    use(Postgres(_layout, FAST))
if not os.environ.get("REDIS_URL"):
    use(Redis(_layout))
    os.environ["REDIS_URL"] = _layout.redis_url(number=1 + int(_worker))
