"""What Postgres and the lake hold, in forms that tests compare."""

from typing import Any

from profiles.lake.snapshot import open_snapshot
from profiles.models import ChangedCompany, ChangedProfile, Company, Identity, Profile, TraitDefinition


def profile(external_id: str) -> Profile:
    """The profile with this external id."""
    return Profile.objects.get(identities__kind="external_id", identities__value=external_id)


def traits(external_id: str) -> dict[str, Any]:
    """The traits of a profile."""
    found: dict[str, Any] = profile(external_id).traits
    return found


def identities(external_id: str) -> set[tuple[str, str]]:
    """All identifiers of a profile."""
    return set(profile(external_id).identities.values_list("kind", "value"))


def types(unit: str = "profile") -> dict[str, str]:
    """The traits of the catalogue with their types."""
    return dict(TraitDefinition.objects.filter(unit=unit).values_list("key", "type"))


def everything() -> dict[str, Any]:
    """All customers by their external ids, to compare before and after."""
    return {
        "profiles": {
            (identity.kind, identity.value): (identity.profile.traits, str(identity.profile.company))
            for identity in Identity.objects.select_related("profile__company")
        },
        "companies": {company.external_id: (company.known, company.traits) for company in Company.objects.all()},
        "changed": ChangedProfile.objects.count() + ChangedCompany.objects.count(),
    }


def lake(query: str) -> list[tuple[Any, ...]]:
    """Ask the merged state of the lake and of what is not in it yet."""
    with open_snapshot() as snapshot:
        rows = snapshot.connection.sql(query).to_arrow_table().to_pylist()
    return [tuple(row.values()) for row in rows]
