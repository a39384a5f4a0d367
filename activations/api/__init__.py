"""Connections, activations and sync runs below ``/api/v1/``."""
