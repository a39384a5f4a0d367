"""Recomputing members: what is due, who works on it, what came of it (the second loop of DESIGN section 5)."""
