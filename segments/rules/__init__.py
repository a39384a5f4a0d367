"""The rule language: pure Python, no Django, no database.

The public contract is the page ``docs/rule-language.md``. A definition is JSON that `parse` turns into the
frozen nodes of `nodes`; every other module is one pass over that tree.
"""
