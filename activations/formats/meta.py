"""Custom audiences of Meta: hashed customer information, by the field names of their upload."""

import re

from activations.formats.base import Format
from activations.formats.texts import address, composed, digits, plain_letters, without_punctuation

_ZIP_PLUS_FOUR = re.compile(r"([0-9]{5})-[0-9]{4}")
_STATES = """
    alabama al alaska ak arizona az arkansas ar california ca colorado co connecticut ct delaware de florida fl
    georgia ga hawaii hi idaho id illinois il indiana in iowa ia kansas ks kentucky ky louisiana la maine me
    maryland md massachusetts ma michigan mi minnesota mn mississippi ms missouri mo montana mt nebraska ne
    nevada nv newhampshire nh newjersey nj newmexico nm newyork ny northcarolina nc northdakota nd ohio oh
    oklahoma ok oregon or pennsylvania pa rhodeisland ri southcarolina sc southdakota sd tennessee tn texas tx
    utah ut vermont vt virginia va washington wa westvirginia wv wisconsin wi wyoming wy districtofcolumbia dc
"""
_CODES = dict(zip(_STATES.split()[::2], _STATES.split()[1::2], strict=True))
"""Of the states of the USA, by their names in plain letters."""


def phone(text: str) -> str:
    """Digits with the country's code, no zeros before it."""
    return digits(text).lstrip("0")


def name(text: str) -> str:
    """Accents and spaces within stay, punctuation goes."""
    return without_punctuation(composed(text)).strip()


def initial(text: str) -> str:
    return name(text)[:1]


def two_digits(text: str) -> str:
    """A day or a month."""
    return digits(text).zfill(2)


def state(text: str) -> str:
    """The code of two letters for states of the USA, plain letters for others."""
    letters = plain_letters(text)
    return _CODES.get(letters, letters)


def postcode(text: str) -> str:
    """Five digits for the USA."""
    tight = "".join(text.split()).lower()
    plus_four = _ZIP_PLUS_FOUR.fullmatch(tight)
    return plus_four[1] if plus_four else tight


FORMATS = (
    Format("EMAIL", "Meta: e-mail address", address, of="email"),
    Format("PHONE", "Meta: phone number", phone, is_phone=True, of="phone"),
    Format("FN", "Meta: first name", name),
    Format("LN", "Meta: last name", name),
    Format("FI", "Meta: first initial", initial),
    Format("GEN", "Meta: gender, f or m", initial),
    Format("DOBY", "Meta: year of birth", digits),
    Format("DOBM", "Meta: month of birth", two_digits),
    Format("DOBD", "Meta: day of birth", two_digits),
    Format("CT", "Meta: city", plain_letters),
    Format("ST", "Meta: state or region", state),
    Format("ZIP", "Meta: postcode", postcode),
    Format("COUNTRY", "Meta: country, two letters", plain_letters),
    Format("MADID", "Meta: advertising id of a phone", address, is_hashed=False),
    Format("EXTERN_ID", "Meta: your own id", str, is_hashed=False, of="external_id"),
)
