"""A definition in English: one sentence to read aloud, and an outline of lines for long ones and for diffs.

Every rule becomes a phrase that follows its noun, so that rules join with a plain "and" or "or": "people *whose plan
is Trial* and *with “Logged in” at least once in the last 7 days*".
"""

from segments.rules.words.labels import Labels
from segments.rules.words.marks import Span
from segments.rules.words.outline import Line, outline
from segments.rules.words.sentence import describe, describe_rule, describe_spans

__all__ = ["Labels", "Line", "Span", "describe", "describe_rule", "describe_spans", "outline"]
