"""``python -m demo.live URL``: has things happen at Harbourline, and tells the registry at this address."""

import os
import sys
from random import Random

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  (Django's settings come first)
from django.db import connection  # noqa: E402

from demo.live.sender import Sender  # noqa: E402
from demo.live.stream import Stream  # noqa: E402
from demo.live.town import Town  # noqa: E402
from demo.live.write_keys import load  # noqa: E402
from demo.world.cast import Cast  # noqa: E402
from profiles.models import Company  # noqa: E402


def main() -> None:
    """Until it is stopped."""
    known = dict(Company.objects.values_list("external_id", "traits"))
    connection.close()
    sender = Sender(sys.argv[1], load(settings.REGISTRY_HOME / "demo"))
    Stream(Town.of(Cast.gather(), known), sender, Random()).run()  # noqa: S311  (stories, nothing secret)


if __name__ == "__main__":
    main()
