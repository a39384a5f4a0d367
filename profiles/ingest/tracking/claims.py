"""Identifiers that people name and others have: counted, until one is shared by too many to tell who somebody is."""

import json
from collections.abc import Collection, Mapping

from django.conf import settings

from accounts import audit
from accounts.actors import INSTALLATION
from profiles.ingest.database import execute
from profiles.ingest.tracking.people import Named
from profiles.models import SharedIdentity

CLAIM = """
    INSERT INTO profiles_identityclaim (kind, value, profile_id)
    SELECT kind, value, profile_id FROM jsonb_to_recordset(%s::jsonb) AS said(kind text, value text, profile_id bigint)
    ORDER BY kind, value, profile_id ON CONFLICT DO NOTHING RETURNING kind, value
"""
SHARED = """
    INSERT INTO profiles_sharedidentity (kind, value)
    SELECT c.kind, c.value FROM profiles_identityclaim c
    JOIN unnest(%s::text[], %s::text[]) AS said(kind, value) ON c.kind = said.kind AND c.value = said.value
    GROUP BY c.kind, c.value HAVING count(*) >= %s ORDER BY c.kind, c.value ON CONFLICT DO NOTHING RETURNING id, kind
"""


def write(claims: Mapping[Named, Collection[int]]) -> None:
    """Write down who names what is another's; what more people name than `IDENTITY_SHARED_BY` is set aside."""
    rows = [
        {"kind": kind, "value": value, "profile_id": profile}
        for (kind, value), profiles in claims.items()
        for profile in profiles
    ]
    new = sorted(set(execute(CLAIM, [json.dumps(rows)])))
    if not new:
        return
    kinds, values = zip(*new, strict=True)
    for pk, kind in execute(SHARED, [list(kinds), list(values), settings.IDENTITY_SHARED_BY]):
        target = SharedIdentity(pk=pk)
        audit.record(actor=INSTALLATION, action="identity.set_aside", target=target, after={"kind": kind})
