"""What tests of the API share."""

import pytest
from pytest_django import Settings

PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture
def plain_static(settings: Settings) -> None:
    """No manifest, since nothing was collected."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": PLAIN_STATIC}


@pytest.fixture
def unlimited(settings: Settings) -> None:
    """As many requests a minute as a test can send."""
    settings.API_RATES = dict.fromkeys(settings.API_RATES, 10**9)
