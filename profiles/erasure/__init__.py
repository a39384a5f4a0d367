"""Erasing one person everywhere (I4): a tombstone at once, and workers that remove what it hides."""
