"""One member by the name that the outside world knows it by: the way back from `segments.external_ids`."""

from collections.abc import Collection

from lib.prepared import Statement
from profiles.models import Company, Identity
from segments.rules.catalogue import Unit

KINDS = (Identity.Kind.EXTERNAL_ID, Identity.Kind.EMAIL, Identity.Kind.PHONE)
"""An external id comes before an e-mail address, and that before a phone number, where one text is several."""


class UnknownMemberError(Exception):
    """Nobody of the unit has this name; the message says so to people."""

    def __init__(self, unit: Unit, name: str) -> None:
        self.unit = unit
        names = "external id" if unit is Unit.COMPANY else "external id, e-mail address or phone number"
        super().__init__(f"There is no {unit.value} with the {names} '{name}'.")


def find_member(unit: Unit, name: str) -> int:
    """The id of a company by its external id, or of a profile by one of `KINDS`. Raises `UnknownMemberError`."""
    found = find_members(unit, [name])
    if name not in found:
        raise UnknownMemberError(unit, name)
    return found[name]


def find_members(unit: Unit, names: Collection[str]) -> dict[str, int]:
    """The ids of those of the names that somebody has, in one query."""
    writable = [name for name in names if "\0" not in name]  # nobody is called that: no column holds it
    return _companies(writable) if unit is Unit.COMPANY else _profiles(writable)


def _companies(names: Collection[str]) -> dict[str, int]:
    return dict(Company.objects.filter(external_id__in=names).values_list("external_id", "id"))


def _profiles(names: Collection[str]) -> dict[str, int]:
    """Addresses are stored in lower case."""
    ids = {(kind, value): pk for kind, value, pk in _OF_NAMES.all([name.lower() for name in names], list(names))}
    found = {}
    for name in names:
        known = ((kind, name.lower() if kind == Identity.Kind.EMAIL else name) for kind in KINDS)
        profile = next((ids[key] for key in known if key in ids), None)
        if profile is not None:
            found[name] = profile
    return found


_OF_NAMES = Statement("""
    SELECT kind, value, profile_id FROM profiles_identity WHERE kind = 'email' AND value = ANY(%s::text[])
    UNION ALL
    SELECT kind, value, profile_id FROM profiles_identity
     WHERE kind IN ('external_id', 'phone') AND value = ANY(%s::text[])
""")
