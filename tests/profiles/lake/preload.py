"""What a forked process needs, imported once before it is forked; nothing of it may start a thread."""

import django

django.setup()

from profiles.lake import compaction, copies, flush, vacuum  # noqa: E402, F401
