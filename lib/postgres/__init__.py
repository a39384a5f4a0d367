"""Django's backend for PostgreSQL with one thing changed; see `base`."""
