"""Matched audiences of LinkedIn."""

from activations.formats.base import Format
from activations.formats.texts import tight_address

FORMATS = (Format("SHA256_EMAIL", "LinkedIn: e-mail address", tight_address, of="email"),)
