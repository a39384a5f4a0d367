"""Turns connection URLs into what Django wants."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def postgres_from_url(url: str) -> dict[str, Any]:
    """``postgresql://user:password@host:port/name?option=value`` as an entry of DATABASES.

    A socket folder is given as the option ``host``, as libpq does. Raises `ImproperlyConfigured` for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://; the registry needs PostgreSQL.")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "lib.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"prepare_threshold": 5} | options,  # without it psycopg prepares nothing, as `lib.prepared` asks
    }


def cache_location(broker: str) -> str:
    """The cache's URL on the same Redis as the broker; kombu and redis-py write sockets differently."""
    if not broker.startswith("redis+socket://"):
        return broker
    parts = urlsplit(broker)
    number = parse_qs(parts.query).get("virtual_host", ["0"])[-1]
    return f"unix://{parts.path}?db={number}"
