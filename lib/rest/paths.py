"""Addresses that hold more than letters and digits."""

from django.urls import register_converter
from django.urls.converters import StringConverter

NAME = "customer"
"""The converter for the names that customers have outside: any text, slashes too, that a column can hold."""


class _Name(StringConverter):
    regex = "[^\\x00]+"


register_converter(_Name, NAME)

ANYTHING = "anything"
"""The converter for whatever else may be asked for, line ends too."""


class _Anything(StringConverter):
    regex = r"[\s\S]+"


register_converter(_Anything, ANYTHING)
