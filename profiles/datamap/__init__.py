"""The data map: source → traits and events → what uses them, with coverage, freshness and volume."""
