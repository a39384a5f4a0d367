"""A guess at discovery whether values are personal data, by the name alone; a person confirms or corrects it."""

import re

from profiles.models import Unit

_ALWAYS = re.compile(
    r"e_?mails?(_address)?|mail|(tele)?phone(_number)?|mobile|msisdn|whatsapp|fax"
    r"|(first|last|middle|full|given|family|maiden|nick|display|user)_?names?|surname|forename"
    r"|birth_?(day|date)|date_of_birth|dob|born_(on|at)"
    r"|ssn|social_security|passport|tax_id|national_id|licen[cs]e_plate|iban|bic|card_number|credit_card"
    r"|ip|ip_address|device_id|idfa|gaid|advertising_id|mac_address|cookie|latitude|longitude|lat|lng|lon"
    r"|avatar|signature|gender|sex|religion|ethnicity|nationality|diagnosis"
)
_OF_PEOPLE = re.compile(
    r"name|salutation|photo|picture|address|street|house_?number|(post|zip)_?code|postal_code|zip|linkedin"
)
"""Of a company, or of what an event is about, these say nothing about a person."""


def looks_personal(key: str, unit: str = "") -> bool:
    """Whether a trait of `unit`, or the property of an event, is named as what tells who or how somebody is."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    if _named(plain, _ALWAYS):
        return True
    return unit == Unit.PROFILE and _named(plain, _OF_PEOPLE)


def _named(plain: str, pattern: re.Pattern[str]) -> bool:
    """Whether the last words of a name, or all but a number at its end, are these: `work_email`, `phone_2`."""
    return re.fullmatch(rf"(?:.*_)?(?:{pattern.pattern})(?:_\d+)?", plain) is not None
