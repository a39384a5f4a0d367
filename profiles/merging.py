"""Two profiles turn out to be one person: one transaction moves everything to the one that stays (I4).

What the lake and others still say of the one that is gone is said of the one that stays from the commit on: snapshots
read ids through `Redirect`, until compaction has rewritten them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accounts import audit
from accounts.actors import INSTALLATION
from lib import failpoints
from profiles import changes, followers
from profiles.ingest.database import LostRaceError, execute
from profiles.models import Merge, Profile, Source

LOCK = "SELECT id FROM profiles_profile WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
JOIN = """
    UPDATE profiles_profile w
    SET traits = l.traits || w.traits, lasting = w.lasting OR l.lasting,
        company_id = coalesce(w.company_id, l.company_id)
    FROM profiles_profile l WHERE w.id = %s AND l.id = %s
"""
MOVES = (
    "UPDATE profiles_identity SET profile_id = %s WHERE profile_id = %s",
    "UPDATE profiles_tailevent SET profile_id = %s WHERE profile_id = %s",
    "UPDATE profiles_redirect SET to_id = %s WHERE to_id = %s",
)
CLAIMS = (
    "INSERT INTO profiles_identityclaim (kind, value, profile_id, since)"
    " SELECT kind, value, %s, since FROM profiles_identityclaim WHERE profile_id = %s ON CONFLICT DO NOTHING"
)

CONSENT = (  # what both have said is said as the stricter of the two; of what one has not said the other's word holds
    """
    INSERT INTO profiles_consent (profile_id, channel, state, source, by, at)
    SELECT %s, channel, state, source, by, at FROM profiles_consent WHERE profile_id = %s
    ON CONFLICT (profile_id, channel) DO UPDATE
       SET state = excluded.state, source = excluded.source, by = excluded.by, at = excluded.at
     WHERE excluded.state = 'denied' AND profiles_consent.state = 'granted'
    RETURNING profile_id""",
    """
    INSERT INTO profiles_suppression (profile_id, channel, reason, source, by, at)
    SELECT %s, channel, reason, source, by, at FROM profiles_suppression WHERE profile_id = %s
    ON CONFLICT DO NOTHING RETURNING profile_id""",
    "UPDATE profiles_consentchange SET profile_id = %s WHERE profile_id = %s",
)
LEFT = ("profiles_identityclaim", "profiles_consent", "profiles_suppression")
"""Tables whose rows of the one that is gone have been copied."""

POINTS = failpoints.declare("merge.locked", "merge.moved", "merge.done")


@dataclass(frozen=True, slots=True)
class Finding:
    """That `gone` is the same person as `stays`, by an identifier of a kind, or "alias" where the sender said so."""

    stays: int
    gone: int
    by: str
    value: str


def lock(profiles: Collection[int]) -> None:
    """Have these profiles alone until the end of the transaction. Raises `LostRaceError` if one is gone already."""
    if len(execute(LOCK, [sorted(profiles)])) < len(profiles):
        raise LostRaceError


def merge(found: Sequence[Finding], source: Source | None) -> None:
    """Merge, in the transaction under way, which has `lock`ed those that were there before."""
    failpoints.reach("merge.locked")
    for each in found:
        _merge(each, source)
    failpoints.reach("merge.moved")
    changes.mark_profiles(pk for each in found for pk in (each.stays, each.gone))
    failpoints.reach("merge.done")


def _merge(found: Finding, source: Source | None) -> None:
    execute(JOIN, [found.stays, found.gone])
    for statement in (*MOVES, CLAIMS):
        execute(statement, [found.stays, found.gone])
    stricter = [row for statement in CONSENT for row in execute(statement, [found.stays, found.gone])]
    for table in LEFT:
        execute(f"DELETE FROM {table} WHERE profile_id = %s", [found.gone])  # noqa: S608  our own names
    for follow in followers.of_merges:
        follow(found.gone, found.stays)
    for tell in followers.of_consent if stricter else ():
        tell([found.stays])
    execute("DELETE FROM profiles_profile WHERE id = %s", [found.gone])
    execute("INSERT INTO profiles_redirect (from_id, to_id) VALUES (%s, %s)", [found.gone, found.stays])
    Merge.objects.create(gone=found.gone, stays=found.stays, by=found.by, value=found.value, source=source)
    audit.record(
        actor=INSTALLATION,
        action="profile.merge",
        target=Profile(pk=found.stays),
        after={"gone": found.gone, "by": found.by},
    )
