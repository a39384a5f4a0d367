"""Steps that the vendors' rules are made of."""

import unicodedata


def address(text: str) -> str:
    """An e-mail address: lower case, no white space around."""
    return text.strip().lower()


def tight_address(text: str) -> str:
    """An e-mail address: lower case, no white space anywhere."""
    return "".join(text.split()).lower()


def without_tag(text: str) -> str:
    """An address without what follows a + before the @."""
    name, at, domain = text.partition("@")
    return f"{name.partition('+')[0]}{at}{domain}"


def digits(text: str) -> str:
    return "".join(filter("0123456789".__contains__, text))


def composed(text: str) -> str:
    """Letters and their accents as one character each, lower case, no white space around."""
    return unicodedata.normalize("NFC", text).strip().lower()


def plain_letters(text: str) -> str:
    """a to z alone: accents are taken off, and what is no letter goes."""
    taken_apart = unicodedata.normalize("NFKD", text).lower()
    return "".join(letter for letter in taken_apart if "a" <= letter <= "z")


def without_punctuation(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign)[0] not in "PS")
