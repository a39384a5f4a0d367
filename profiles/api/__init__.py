"""Customers and the catalogue below ``/api/v1/``."""
