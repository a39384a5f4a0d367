"""``python -m config.serve``: the whole registry under one supervisor."""
