"""Names of customers in addresses."""

from django.urls import register_converter
from django.urls.converters import StringConverter

NAME = "customer"
"""The converter for the names that customers have outside: any text, slashes too, that a column can hold."""


class _Name(StringConverter):
    regex = "[^\\x00]+"


register_converter(_Name, NAME)
