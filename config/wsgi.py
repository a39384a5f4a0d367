"""The web application, for gunicorn and every other WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.boot import start_servers  # noqa: E402  (Django's settings come first)

start_servers()
