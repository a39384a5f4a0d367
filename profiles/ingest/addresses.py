"""E-mail addresses and phone numbers of a chunk: brought into one form, or refused without refusing the row."""

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from profiles.ingest.reading import Reasons

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
LONGEST_EMAIL = 254
PLAIN_EMAIL = r"^(?:[!-?A-~]{1,64}@[!-?A-~]{1,189})?$"
"""Printable ASCII around one @, not too long in all, or nothing: one look at a whole column."""
PLAIN_PHONE = r"[0-9]|^$"


def read_emails(found: pa.Array, reasons: Reasons) -> pa.Array:
    """Lower-cased; null for what is no address, with the reason. "" stays."""
    lower = pc.if_else(pc.match_substring_regex(found, PLAIN_EMAIL), pc.ascii_lower(found), None)
    return _with_the_rest(
        found, lower, email_of, 'email "{}" is no e-mail address; the rest of the row went in', reasons
    )


def read_phones(found: pa.Array, reasons: Reasons) -> pa.Array:
    """As they are; null for what has no digit, with the reason. "" stays."""
    plain = pc.if_else(pc.match_substring_regex(found, PLAIN_PHONE), found, None)
    return _with_the_rest(found, plain, phone_of, 'phone "{}" is no phone number; the rest of the row went in', reasons)


def _with_the_rest(
    found: pa.Array, read: pa.Array, read_one: Callable[[str], str | None], words: str, reasons: Reasons
) -> pa.Array:
    unread = pc.indices_nonzero(pc.and_(pc.is_null(read), pc.is_valid(found))).to_pylist()
    if not unread:
        return read
    texts = read.to_pylist()
    for position in unread:
        text = found[position].as_py()
        texts[position] = read_one(text)
        if texts[position] is None:
            reasons.setdefault(position, []).append(words.format(text))
    return pa.array(texts, pa.string())


def email_of(text: str) -> str | None:
    """An address in lower case; None for what is none."""
    lower = text.lower()
    return lower if len(lower) <= LONGEST_EMAIL and EMAIL.fullmatch(lower) else None


def phone_of(text: str) -> str | None:
    """A phone number as it is; None for what has no digit."""
    return text if any(map(str.isdigit, text)) else None
