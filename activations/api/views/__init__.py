"""The answers about connections, activations and sync runs."""
