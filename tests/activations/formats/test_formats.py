"""Identifiers as the vendors want them.

`vectors.csv` is from the product's contracts with the vendors, gathered from their guides and libraries. One cell is
mended: of Meta's 00447700900123 the hash that is given there is that of 447700900123, as Meta's rule has it.
"""

import csv
import random
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from activations.formats import formats, normalised, phones, written

VECTORS = list(csv.reader((Path(__file__).parent / "vectors.csv").open(newline="", encoding="utf-8")))[1:]
REGION_OF_THE_CALLER = {"google_data_manager": "US", "tiktok": "US"}
"""Their guides take national numbers to be of the caller's country; Meta's rule is about digits alone."""


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row[0]}.{row[1]} {row[2]!r}")
def test_every_vector_of_every_vendor_is_met(row: list[str]) -> None:
    vendor, field, text, expected, sha256 = row
    form = formats()[f"{vendor}.{field}"]
    region = REGION_OF_THE_CALLER.get(vendor)
    found = normalised(form, [text], [region]) if region else [form.rule(text)]
    assert found == [expected]
    assert form.is_hashed == bool(sha256)
    assert (form.hashed(found) if form.is_hashed else [""]) == [sha256]


def test_the_vectors_are_all_there() -> None:
    assert len(VECTORS) == 70
    assert {row[0] for row in VECTORS} <= {name.partition(".")[0] for name in formats()}


def test_a_phone_number_is_read_with_the_country_of_its_person() -> None:
    form = formats()["meta.PHONE"]
    texts = ["030 123456", "030 123456", "+49 (0)30 123456", "0171 2345678", "12", "", None]
    countries = ["DE", None, None, " de ", "DE", "DE", "DE"]
    assert normalised(form, texts, countries) == [
        "4930123456", "30123456", "4930123456", "491712345678", "12", None, None,
    ]  # fmt: skip


def test_nothing_is_hashed_of_what_is_missing() -> None:
    assert written(formats()["meta.FN"], ["...", None, ""], [None] * 3) == [None, None, None]


def test_the_quick_way_reads_international_numbers_as_the_library_does(printed: Any) -> None:
    """10,000 random numbers, half of them built on real calling codes with awkward beginnings."""
    choice = random.Random(11)
    codes = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    quick = 0
    for number in range(10_000):
        code = str(choice.choice(codes)) if number % 2 else str(choice.randint(1, 999))
        start = choice.choice(["", "0", "00", "1", "8", "15", "9"])
        rest = "".join(choice.choices("0123456789", k=choice.randint(3, 11)))
        text = f"+{code}{start}{rest}"
        if phones._INTERNATIONAL.fullmatch(text) and phones._is_plain(text):
            quick += 1
            assert slow(text) == text
    assert quick > 2_000
    printed(f"phone numbers: {quick:,} of 10,000 were read without the library, all as it reads them")


def slow(text: str) -> str | None:
    number = phonenumbers.parse(text, None)
    assert phonenumbers.is_possible_number(number), text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
