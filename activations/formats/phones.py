"""Phone numbers in the international form E.164: ``+`` and 7 to 15 digits.

Parsing takes 25 µs a number. Most numbers are in that form already, so those that parsing would leave as they are
are told by a look into the library's own tables; a test compares the two ways.
"""

import re
from functools import cache
from typing import Any

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    PhoneNumberFormat,
    format_number,
    is_possible_number,
    is_valid_number,
    parse,
)
from phonenumbers.phonenumberutil import NumberParseException

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


def e164(text: str, country: str | None) -> str | None:
    """A number as ``+4930123456``; None for what is none. `country`: ISO 3166 code of two letters, for national forms.

    A number that names its country must be possible, one that does not must be in use there.
    """
    if _INTERNATIONAL.fullmatch(text) and _is_plain(text):
        return text
    region = country.strip().upper() if country and _COUNTRY.fullmatch(country.strip()) else None
    try:
        number = parse(text, region)
    except NumberParseException:
        return None
    is_whole = is_possible_number(number) if text.lstrip().startswith("+") else is_valid_number(number)
    return str(format_number(number, PhoneNumberFormat.E164)) if is_whole else None


def _is_plain(text: str) -> bool:
    """Whether parsing would find nothing to take away from a number, and a possible length."""
    for digits in (1, 2, 3):
        rules = _rules(text[1 : 1 + digits])
        if rules is not None:
            prefix, lengths = rules
            national = text[1 + digits :]
            return len(national) in lengths and not (prefix and prefix.match(national))
    return False


@cache
def _rules(code: str) -> tuple[re.Pattern[str] | None, frozenset[int]] | None:
    """Of a calling code: what is taken away before a national number, and the lengths that are possible."""
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code))
    if not regions:
        return None
    metadata: Any = PhoneMetadata.metadata_for_region_or_calling_code(int(code), regions[0])
    prefix = metadata.national_prefix_for_parsing
    return re.compile(prefix) if prefix else None, frozenset(metadata.general_desc.possible_length)
