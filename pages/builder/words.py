"""What the builder's controls are called, and what to do about a condition that is not finished."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from segments.rules.errors import Code, RuleError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MEASURES: "dict[str, _StrPromise]" = {
    "count": gettext_lazy("has done"),
    "days": gettext_lazy("on days with"),
    "sum": gettext_lazy("total of"),
    "avg": gettext_lazy("average of"),
    "min": gettext_lazy("lowest"),
    "max": gettext_lazy("highest"),
    "distinct": gettext_lazy("different values of"),
    "first_at": gettext_lazy("first time of"),
    "last_at": gettext_lazy("latest time of"),
    "change": gettext_lazy("change of"),
}
"""How a line about events begins, by its measure."""

_TO_DO: "dict[str, _StrPromise]" = {
    "value": gettext_lazy("Enter a value."),
    "op": gettext_lazy("Choose how it is compared."),
    "of": gettext_lazy("Choose the property that is measured."),
    "property": gettext_lazy("Choose a property."),
    "event": gettext_lazy("Choose an event."),
    "trait": gettext_lazy("Choose a trait."),
    "within": gettext_lazy("Enter how long after the step before."),
    "window": gettext_lazy("Choose a time span that ends now."),
}
_MISSING = (Code.MISSING_KEY, Code.EMPTY)


def problem(error: RuleError, document: object) -> str:
    """What to do about an error; for what is merely not filled in yet in fewer words than the language uses."""
    last = error.path.rpartition(".")[2]
    if error.code in _MISSING and last in _TO_DO:
        return str(_TO_DO[last])
    if error.code is Code.EMPTY and last in ("all", "any"):
        return _("Add a condition to this group, or remove it.")
    if error.code is Code.UNKNOWN_EVENT and _at(document, error.path) == "":
        return str(_TO_DO["event"])
    if error.code is Code.RULE_KIND and _at(document, error.path) == {}:
        return _("Choose what this condition is about.")
    value = _at(document, error.path)
    if error.code is Code.WRONG_TYPE and value is None:
        return str(_TO_DO["value"])
    if error.code is Code.BAD_DURATION and isinstance(value, str) and value.startswith(" "):
        return _("Enter how long.")
    return error.message


def unfinished(number: int) -> str:
    """What is not in the count."""
    return ngettext(
        "%(number)d unfinished condition is not counted yet.",
        "%(number)d unfinished conditions are not counted yet.",
        number,
    ) % {"number": number}


def _at(document: object, path: str) -> Any:
    """What stands at a path of plain words and positions; None where nothing does."""
    here: Any = document
    for step in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            return None
    return here


def few(count: int, fewest: int) -> str:
    """In the place of a count that is not told."""
    if count < fewest:
        return _("Fewer than %(fewest)s") % {"fewest": fewest}
    return _("All but fewer than %(fewest)s") % {"fewest": fewest}
