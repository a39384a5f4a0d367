"""One member by the name that the outside world knows it by: the way back from `segments.external_ids`."""

from django.db.models import Q

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
    found = _company(name) if unit is Unit.COMPANY else _profile(name)
    if found is None:
        raise UnknownMemberError(unit, name)
    return found


def _company(name: str) -> int | None:
    return Company.objects.filter(external_id=name).values_list("id", flat=True).first()


def _profile(name: str) -> int | None:
    """Addresses are stored in lower case."""
    address = Q(kind=Identity.Kind.EMAIL, value=name.lower())
    named = Q(kind__in=(Identity.Kind.EXTERNAL_ID, Identity.Kind.PHONE), value=name)
    found = dict(Identity.objects.filter(address | named).values_list("kind", "profile_id"))
    return next((found[kind] for kind in KINDS if kind in found), None)
