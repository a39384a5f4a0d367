"""HubSpot's CRM: contacts with their properties, and a static list ("segment" in its newer words) that they are on.

Contacts are matched by e-mail address. HubSpot takes a list's members by its own record ids, so each batch is two
calls: the contacts, whose answer holds the ids, and the list. The ids are kept for the removal.
"""

from collections.abc import Sequence
from typing import Any

from activations.destinations.base import (
    CHANGES,
    DONE,
    Answer,
    Capabilities,
    ConfigField,
    Fate,
    KeyedAnswer,
    MisconfiguredError,
    Outcome,
    Rate,
    Record,
    Sync,
    TransientError,
    Value,
)
from activations.destinations.base_api import ApiDestination, Reply

CONTACTS = "0-1"
PARTLY = 207


class HubSpotDestination(ApiDestination):
    """Answers hold the contacts that were taken, each with the mark that we sent along; the rest was refused."""

    label = "HubSpot"
    fields = (
        ConfigField(
            key="token",
            label="Access token",
            help="of a private app with crm.objects.contacts.write, crm.lists.read and crm.lists.write: pat-eu1-...",
            pattern=r"[\w-]{20,300}",
            secret=True,
        ),
        ConfigField(
            key="list_id", label="List", help="the number of a static list, in its address: 42", pattern=r"\d{1,12}"
        ),
        ConfigField(
            key="version",
            label="Version of the API",
            help="a year and a month, such as 2026-03",
            default="2026-03",
            pattern=r"20\d\d-\d\d",
        ),
        ConfigField(
            key="base_url",
            label="Another address",
            help="only for a gateway of your own: https:// and its name",
            required=False,
            address=True,
        ),
    )
    capabilities = Capabilities(
        batch_size=100,
        modes=CHANGES,
        identifiers=frozenset({"email"}),
        channels=frozenset({"email"}),
        rate=Rate(100, 10),
    )

    def base_url(self) -> str:
        return self.config["base_url"].rstrip("/") or "https://api.hubapi.com"

    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.config['token']}"}

    def check(self) -> None:
        """The list is there, and it is one whose members can be changed."""
        try:
            self._members([], [])
        finally:
            self.close()

    def begin(self, sync: Sync) -> None:
        self._names = [column.name for column in sync.columns]
        self._key = next(place for place, column in enumerate(sync.columns) if column.is_key)

    def add(self, records: Sequence[Record]) -> Answer:
        by_trace = {str(place): record for place, record in enumerate(records)}
        inputs = [
            {
                "id": record.key,
                "idProperty": "email",
                "properties": self._properties(record),
                "objectWriteTraceId": trace,
            }
            for trace, record in by_trace.items()
        ]
        path = f"/crm/objects/{self.config['version']}/contacts/batch/upsert"
        reply = self._good(self.call("POST", path, {"inputs": inputs}))
        taken = {
            by_trace[found["objectWriteTraceId"]].key: str(found["id"])
            for found in reply.document.get("results", ())
            if found.get("objectWriteTraceId") in by_trace
        }
        if taken:
            self._members(list(taken.values()), [])
        outcomes = {key: Outcome(Fate.DONE, remote_id=number) for key, number in taken.items()}
        refused = [record for record in records if record.key not in taken]
        return KeyedAnswer(outcomes | _refusals(refused, reply.document.get("errors", ())), others=DONE)

    def remove(self, records: Sequence[Record]) -> Answer:
        """They leave the list; the contact stays. Who has no id was never on it."""
        numbers = [record.remote_id for record in records if record.remote_id]
        if numbers:
            self._members([], numbers)
        return KeyedAnswer({}, others=DONE)

    def _members(self, add: Sequence[str], remove: Sequence[str]) -> None:
        """Change the list. Ids that are on it already, or not on it, are called missing, which is as well as done."""
        path = f"/crm/lists/{self.config['version']}/{self.config['list_id']}/memberships/add-and-remove"
        document = {"recordIdsToAdd": list(add), "recordIdsToRemove": list(remove)}
        self._good(self.call("PUT", path, document))

    def _good(self, reply: Reply) -> Reply:
        document = reply.document if isinstance(reply.document, dict) else {}
        if reply.status == 404:
            raise MisconfiguredError(
                "HubSpot has no such list, or not this version of its API. Copy the list's number from its address."
            )
        if not reply.is_good:
            words = str(document.get("message", ""))[:300] or "no reason"
            raise MisconfiguredError(f"HubSpot refused the call with {reply.status}: {words}. Mend the connection.")
        if "results" not in document and "recordIdsMissing" not in document:
            raise TransientError("HubSpot's answer was not what it promises.")
        return reply

    def _properties(self, record: Record) -> dict[str, str]:
        """All of them each time: HubSpot takes no part of a contact that is matched by its address."""
        pairs = zip(self._names, record.values, strict=True)
        properties = {name: _property(value) for place, (name, value) in enumerate(pairs) if place != self._key}
        return {"email": record.key, **properties}


def _refusals(records: Sequence[Record], errors: Sequence[dict[str, Any]]) -> dict[str, Outcome]:
    """Who was not taken, with the reason: one that names them, or else what HubSpot said of the batch."""
    messages = [str(error.get("message", "")) for error in errors]
    general = messages[0] if messages else "HubSpot gave no reason."
    return {
        record.key: Outcome(Fate.REJECTED, next((words for words in messages if record.key in words), general)[:500])
        for record in records
    }


def _property(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return ";".join(value)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
