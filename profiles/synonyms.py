"""Other words for stored values, as people have said them in the catalogue."""

from collections.abc import Mapping

from profiles.models import TraitDefinition


def of_traits(unit: str) -> Mapping[str, Mapping[str, list[str]]]:
    """By the key of a trait: stored value → other words for it; of those traits that have any."""
    return dict(TraitDefinition.objects.filter(unit=unit).exclude(synonyms={}).values_list("key", "synonyms"))


def stored(synonyms: Mapping[str, list[str]], word: str) -> str:
    """The stored value that a word stands for, capitals or not; empty if it is no synonym."""
    folded = word.strip().casefold()
    found = (value for value, words in synonyms.items() if folded in (each.casefold() for each in words))
    return next(found, "")
