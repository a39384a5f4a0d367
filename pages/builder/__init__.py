"""Making and changing a segment: the form around the rule, the live count, and what the rule builder is told.

The builder itself is a script (static/js/builder/) that edits the JSON of the rule language; everything that needs
judgement, words or permission happens here.
"""
