"""What Postgres has of a person, table by table, and its removal."""

import json
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from django.db.models import F, Q

from accounts.models import IdempotentRequest
from profiles.erasure.tombstones import Named
from profiles.ingest.database import execute
from profiles.lake import erased
from profiles.models import (
    Erasure,
    ErasureStep,
    IdentityClaim,
    Merge,
    Profile,
    PropertyValues,
    QuarantinedEvent,
    TraitValues,
)

What = ErasureStep.What
CHUNK = 500
COMMON = 5
"""A value that so many have tells nobody apart."""

_REDIRECT = "UPDATE profiles_redirect SET to_id = -%s WHERE to_id = %s"
_GONE = "INSERT INTO profiles_redirect (from_id, to_id) VALUES (%s, -%s)"


def note(erasure: Erasure, numbers: Mapping[str, int]) -> None:
    """Lines of the receipt; one that is there stays as it is."""
    ErasureStep.objects.bulk_create(
        [ErasureStep(erasure=erasure, what=what, number=number) for what, number in numbers.items()],
        ignore_conflicts=True,
    )


def add(erasure: Erasure, what: str, number: int) -> None:
    """One line of the receipt; more of the same is added up."""
    row, made = ErasureStep.objects.get_or_create(erasure=erasure, what=what, defaults={"number": number})
    if not made and number:
        ErasureStep.objects.filter(pk=row.pk).update(number=F("number") + number)


def remove_profile(erasure: Erasure, profile: Profile) -> None:
    """In the transaction of the tombstone, which holds the row: the profile, and everything that names it.

    Events that a flush is writing stay until that is over, hidden by the redirect: the flush must find them.
    """
    numbers = {
        What.TRAITS: len(profile.traits),
        What.CONSENT: profile.consent_changes.count(),
        What.WAITING_EVENTS: _remove_waiting(profile),
        What.CLAIMS: IdentityClaim.objects.filter(profile_id=profile.pk).delete()[0],
        What.IDENTIFIERS: profile.identities.count(),
    }
    execute(_REDIRECT, [profile.pk, profile.pk])
    execute(_GONE, [profile.pk, profile.pk])
    pk = profile.pk
    for table in ("consent", "suppression", "consentchange", "identity"):
        execute(f"DELETE FROM profiles_{table} WHERE profile_id = %s", [pk])  # noqa: S608  our own names
    execute("DELETE FROM profiles_profile WHERE id = %s", [pk])
    note(erasure, {str(what): number for what, number in numbers.items()})


def _remove_waiting(profile: Profile) -> int:
    rows = execute("DELETE FROM profiles_tailevent WHERE profile_id = %s AND batch IS NULL RETURNING message_id",
                   [profile.pk])  # fmt: skip
    erased.forget_ids(message for (message,) in rows)
    return len(rows)


def forget_claims(names: Collection[Named], _erasure: Erasure) -> int:
    """What others claimed of theirs: the values are theirs."""
    return sum(IdentityClaim.objects.filter(kind=kind, value=value).delete()[0] for kind, value in names)


def blank_merges(_names: Collection[Named], erasure: Erasure) -> int:
    """The record of merges stays, without the identifier that was shared."""
    mine = {erasure.profile}
    while True:
        into = set(Merge.objects.filter(stays__in=mine).values_list("gone", flat=True)) - mine
        if not into:
            return Merge.objects.filter(Q(gone__in=mine) | Q(stays__in=mine)).exclude(value="").update(value="")
        mine |= into


def forget_quarantine(names: Collection[Named], _erasure: Erasure) -> int:
    """Messages that name them anywhere."""
    wanted = _spellings(names)
    found: list[int] = []
    for pk, document in QuarantinedEvent.objects.values_list("pk", "document").iterator(chunk_size=CHUNK):
        if mentions(json.loads(document), wanted):
            found.append(pk)
    return QuarantinedEvent.objects.filter(pk__in=found).delete()[0]


def forget_answers(names: Collection[Named], _erasure: Erasure) -> int:
    """Answers of the API that are kept for a day, to requests about them."""
    about = Q(pk__in=[])
    for _, value in names:
        about |= Q(response__contains=json.dumps(value)) | Q(response__contains=json.dumps(value, ensure_ascii=False))
        about |= Q(route__contains=f"/{value}/") | Q(route__contains=f"/{quote(value)}/")
    return IdempotentRequest.objects.filter(about).delete()[0]


def forget_rare_values() -> None:
    """Common values of the data map stay; one that few have may have been theirs. The next count finds others again."""
    for model in (TraitValues, PropertyValues):
        for row in model._default_manager.exclude(top=[]):
            common = [[value, number] for value, number in row.top if number >= COMMON]
            if len(common) < len(row.top):
                row.top = common
                row.save(update_fields=["top"])


def mentions(document: Any, wanted: Collection[str]) -> bool:
    """Whether some text or number of a JSON document is one of these."""
    if isinstance(document, dict):
        return any(mentions(value, wanted) for value in document.values())
    if isinstance(document, list):
        return any(mentions(value, wanted) for value in document)
    return not isinstance(document, bool) and document is not None and str(document).strip().lower() in wanted


def _spellings(names: Collection[Named]) -> frozenset[str]:
    return frozenset(value.lower() for _, value in names)
