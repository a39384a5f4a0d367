"""Small readers of the environment. A wrong value names the variable and says what would be right."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str) -> str:
    """The variable as it is, or `default` where it is unset or empty."""
    return os.environ.get(name) or default


def whole(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a whole number or leave it out.") from None


def switch(name: str, *, default: bool) -> bool:
    """On or off: 1, true, yes, on; 0, false, no, off."""
    value = os.environ.get(name, "").lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; set it to 1 or 0.")


def names(name: str) -> list[str]:
    """A list separated by commas."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """An absolute folder; it need not exist yet."""
    return Path(os.environ.get(name) or default).expanduser().resolve()
