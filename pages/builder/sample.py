"""A few members by name, for those who may see personal data: enough to notice that a rule finds the wrong people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from profiles.disclosures import disclose
from profiles.models import Company, Profile
from segments.external_ids import names_of
from segments.rules.catalogue import Unit
from segments.rules.words.labels import visible

FACTS = 2
_FULL_NAME = ("name", "full_name", "fullName")
_FIRST_NAME = ("first_name", "firstName", "first name")
_LAST_NAME = ("last_name", "lastName", "last name")


@dataclass(frozen=True, slots=True)
class Member:
    """One of them: a name, where they work or what they are called elsewhere, and values of traits of the rule."""

    name: str
    detail: str
    facts: tuple[str, ...]


def members(document: object, unit: Unit, ids: Sequence[int], actor: Actor) -> list[Member] | None:
    """The members with these ids; None for who may not see personal data. What is shown is on record."""
    if not policy.allows(actor, Action.READ_MEMBERS) or not policy.allows(actor, Action.READ_PERSONAL):
        return None
    disclose(actor=actor, what="sample", number=len(ids))
    keys = list(dict.fromkeys(_traits(document)))
    if unit is Unit.COMPANY:
        return [_company(company, keys) for company in Company.objects.filter(pk__in=ids)]
    return [_person(profile, keys) for profile in Profile.objects.filter(pk__in=ids).select_related("company")]


def _person(profile: Profile, keys: Sequence[str]) -> Member:
    traits, company = profile.traits, profile.company
    parts = (_first(traits, _FIRST_NAME), _first(traits, _LAST_NAME))
    written = _first(traits, _FULL_NAME) or " ".join(filter(None, parts))
    called = next(iter(names_of(Unit.PROFILE, [profile.pk])), f"#{profile.pk}")
    work = _name_of_company(company) if company else ""
    detail = work if written else ""
    return Member(visible(written or called), visible(detail or (called if written else work)), _facts(traits, keys))


def _company(company: Company, keys: Sequence[str]) -> Member:
    name = _name_of_company(company)
    return Member(name, company.external_id if name != company.external_id else "", _facts(company.traits, keys))


def _name_of_company(company: Company) -> str:
    return visible(_first(company.traits, _FULL_NAME) or company.external_id)


def _first(traits: Mapping[str, Any], keys: Sequence[str]) -> str:
    return next((value for key in keys if isinstance(value := traits.get(key), str) and value), "")


def _facts(traits: Mapping[str, Any], keys: Sequence[str]) -> tuple[str, ...]:
    """The first values of the traits that the rule asks for."""
    return tuple(visible(_shown(traits[key])) for key in keys if key in traits)[:FACTS]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.10g}"
    if isinstance(value, list):
        return ", ".join(value[:3])
    text = str(value)
    return text[:10] if len(text) == len("2026-01-01T00:00:00.000000Z") and text.endswith("Z") else text[:60]


def _traits(part: object) -> Iterator[str]:
    """The keys of the traits that a document names, in its order."""
    if isinstance(part, dict):
        if isinstance(part.get("trait"), str):
            yield part["trait"]
        for value in part.values():
            yield from _traits(value)
    elif isinstance(part, list):
        for value in part:
            yield from _traits(value)
