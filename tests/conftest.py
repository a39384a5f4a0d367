"""What every test has: folders of its own and quick settings; processes of the project that work on its database."""

import os
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True)
def private_folders(settings: Settings, tmp_path: Path) -> None:
    """The lake, the exports and the engine's scratch space of this test alone."""
    settings.LAKE_URL = str(tmp_path / "lake")
    settings.EXPORTS = tmp_path / "exports"
    settings.SANDBOXES = tmp_path / "sandboxes"
    settings.UPLOADS = tmp_path / "uploads"
    settings.ENGINE_TEMPORARY = tmp_path / "engine"


@pytest.fixture(autouse=True)
def quick_settings(settings: Settings, tmp_path: Path) -> None:
    """What an installation has, but for what would only hold tests up.

    Any number of API requests a minute, since all tests of a process are one caller to the same Redis; a quick hash for
    passwords of people who do not exist; no manifest of static files, since nothing was collected.
    """
    settings.API_RATES = dict.fromkeys(settings.API_RATES, 10**9)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN_STATIC}
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def process_environment(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The environment for a worker, a beat or a command that works on this test's database, broker and lake."""
    database = connection.settings_dict
    return os.environ | {
        "DATABASE_URL": (
            f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
        ),
        "LAKE_URL": str(tmp_path / "lake"),
        "REGISTRY_HOME": str(tmp_path),
    }


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of product documents and real data beside the project; tests that need it are skipped without."""
    folder = Path(__file__).resolve().parent.parent.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared with real data is not here")
    return folder
