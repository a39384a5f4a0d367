"""Text of anybody in files that a spreadsheet may open."""

import re

FORMULA_STARTS = frozenset("@+-=|%")
LEADING_SPACE = " \t\r\n\v\f"
NUMBER = re.compile(r"-?[0-9,.]+")


def escape_formula(text: str) -> str:
    """Text that a spreadsheet shows and does not run: the rule of defusedcsv 3.0.0, behind leading space too."""
    if text.lstrip(LEADING_SPACE)[:1] not in FORMULA_STARTS or not text.strip() or NUMBER.fullmatch(text):
        return text
    return "'" + text.replace("|", "\\|")
