"""Finding people by what they are called: ids and addresses exactly, names by their words."""

from functools import partial

from accounts import policy
from accounts.actors import Actor
from accounts.policy import Action
from profiles.lake.files import quoted
from profiles.lake.layout import USERS, Column, load_layouts
from profiles.lake.snapshot import Snapshot, TableScan, read_snapshot
from profiles.models import Identity, Profile
from profiles.names import FIRST, LAST, WHOLE


def find_people(*, actor: Actor, text: str, limit: int) -> list[int]:
    """The ids of up to `limit` people: whose id or address this is, else whose name has every word of it.

    Raises `PermissionDenied` for who may not see personal data. Not to be called within a transaction.
    """
    policy.require(actor, Action.READ_PERSONAL)
    named = Identity.objects.filter(kind__in=Identity.LASTING, value__in={text, text.lower()})
    exact = list(named.order_by("profile_id").values_list("profile_id", flat=True).distinct()[:limit])
    return exact or _by_name(text.split(), limit)


def identified_by(text: str) -> Profile | None:
    """The person with this external id, e-mail address or phone number."""
    named = Identity.objects.filter(kind__in=Identity.LASTING, value__in={text, text.lower()})
    found = named.order_by("profile_id").select_related("profile").first()
    return found.profile if found else None


def _by_name(words: list[str], limit: int) -> list[int]:
    columns = [column for column in load_layouts()[USERS].columns if column.key in {*WHOLE, *FIRST, *LAST}]
    texts = [column for column in columns if column.type == "text"]
    if not words or not texts:
        return []
    scan = {USERS: TableScan(frozenset(column.name for column in texts))}
    return read_snapshot(partial(_matching, texts, words, limit), scan)


def _matching(columns: list[Column], words: list[str], limit: int, snapshot: Snapshot) -> list[int]:
    name = f"lower(concat_ws(' ', {', '.join(quoted(column.name) for column in columns)}))"
    given = {f"word{place}": word.lower() for place, word in enumerate(words)}
    where = " AND ".join(f"contains({name}, ${word})" for word in given)
    sql = f"SELECT id FROM {USERS} WHERE {where} ORDER BY {name}, id LIMIT {limit}"  # noqa: S608  the catalogue's names
    return [row[0] for row in snapshot.connection.execute(sql, given).fetchall()]
