"""Mailchimp's Marketing API 3.0: contacts of an audience ("list") with their merge fields, and a tag that they carry.

Consent first: somebody who is new over there is added with the status that the connection names; whoever is there
already keeps theirs, so nobody is subscribed again. A tag is a static segment, which takes many addresses in one call.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence

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
    Value,
)
from activations.destinations.base_api import ApiDestination, Reply

ALREADY_THERE = "ERROR_CONTACT_EXISTS"


class MailchimpDestination(ApiDestination):
    """Answers name the addresses that were refused; all others were taken."""

    label = "Mailchimp"
    fields = (
        ConfigField(
            key="api_key",
            label="API key",
            help="a key of your account, which ends in its data centre: 0123...-us20",
            pattern=r"[0-9a-zA-Z]{16,64}-[a-z]{2,4}[0-9]{1,3}",
            secret=True,
        ),
        ConfigField(
            key="list_id", label="Audience", help="the id in the audience's settings: a1b2c3d4e5", pattern=r"\w{4,40}"
        ),
        ConfigField(
            key="segment_id",
            label="Tag",
            help="the number in the address of the tag's page: 12345",
            pattern=r"\d{1,12}",
        ),
        ConfigField(
            key="status",
            label="New contacts are",
            default="subscribed",
            choices=(
                ("subscribed", "subscribed, for they have agreed"),
                ("pending", "asked by Mailchimp to confirm"),
                ("transactional", "known, but not subscribed"),
            ),
        ),
        ConfigField(
            key="base_url",
            label="Another address",
            help="only for a gateway of your own: https:// and its name, up to and with /3.0",
            required=False,
            address=True,
        ),
    )
    capabilities = Capabilities(
        batch_size=500,
        modes=CHANGES,
        identifiers=frozenset({"email"}),
        channels=frozenset({"email"}),
        rate=Rate(10, 1),
        concurrency=10,
    )

    def base_url(self) -> str:
        centre = self.config["api_key"].rpartition("-")[2]
        return self.config["base_url"].rstrip("/") or f"https://{centre}.api.mailchimp.com/3.0"

    def headers(self) -> dict[str, str]:
        return {"authorization": "Basic " + b64encode(f"registry:{self.config['api_key']}".encode()).decode()}

    def check(self) -> None:
        """The audience and the tag are there, and the key may change the tag."""
        try:
            self._tagged([], [])
        finally:
            self.close()

    def begin(self, sync: Sync) -> None:
        self._fields = [column.name.upper() for column in sync.columns]
        self._key = next(place for place, column in enumerate(sync.columns) if column.is_key)

    def add(self, records: Sequence[Record]) -> Answer:
        known = [record for record in records if not record.is_new]
        refused = self._add_new([record for record in records if record.is_new], known)
        for record in known:
            refusal = self._update(record)
            if refusal is not None:
                refused[record.key] = refusal
        taken = [record.key for record in records if record.key not in refused]
        refused |= self._tagged(taken, [])
        return KeyedAnswer(refused, others=DONE)

    def remove(self, records: Sequence[Record]) -> Answer:
        """They lose the tag; the contact stays, with whatever it has subscribed to."""
        self._tagged([], [record.key for record in records])
        return KeyedAnswer({}, others=DONE)

    def _add_new(self, records: Sequence[Record], known: list[Record]) -> dict[str, Outcome]:
        """Add who is not there yet; those who turn out to be go to `known`. Answers who was refused."""
        if not records:
            return {}
        members = [
            {"email_address": record.key, "status": self.config["status"], "merge_fields": self._merge_fields(record)}
            for record in records
        ]
        path = f"{self._list}?skip_merge_validation=false&skip_duplicate_check=true"
        reply = self._good(self.call("POST", path, {"members": members, "update_existing": False}))
        by_key = {record.key.lower(): record for record in records}
        refused: dict[str, Outcome] = {}
        for error in reply.document.get("errors", ()):
            record = by_key.get(str(error.get("email_address", "")).lower())
            if record is None:
                continue
            if error.get("error_code") == ALREADY_THERE:
                known.append(record)
            else:
                refused[record.key] = _refusal(error.get("error"))
        return refused

    def _update(self, record: Record) -> Outcome | None:
        """Bring a contact up to date without touching their status; why they were refused, if they were."""
        digest = hashlib.md5(record.key.lower().encode(), usedforsecurity=False).hexdigest()
        document = {
            "email_address": record.key,
            "status_if_new": self.config["status"],
            "merge_fields": self._merge_fields(record),
        }
        reply = self.call("PUT", f"{self._list}/members/{digest}?skip_merge_validation=false", document)
        if reply.status == 400 and isinstance(reply.document, dict):
            return _refusal(reply.document.get("detail"))
        self._good(reply)
        return None

    def _tagged(self, add: Sequence[str], remove: Sequence[str]) -> dict[str, Outcome]:
        """Give and take the tag; answers who could not have it."""
        document = {"members_to_add": list(add), "members_to_remove": list(remove)}
        reply = self._good(self.call("POST", f"{self._list}/segments/{self.config['segment_id']}", document))
        refused: dict[str, Outcome] = {}
        for error in reply.document.get("errors", ()):
            for address in error.get("email_addresses", ()):
                refused[address] = _refusal(error.get("error"))
        return {key: outcome for key, outcome in refused.items() if key in set(add)}

    def _good(self, reply: Reply) -> Reply:
        if reply.status in (404, 405):
            raise MisconfiguredError(
                "Mailchimp has no such audience or tag. Copy both ids again from their pages into the connection."
            )
        if not reply.is_good or not isinstance(reply.document, dict):
            raise MisconfiguredError(
                f"Mailchimp answered with {reply.status}, which this version of the connection does not know. "
                "Look whether the key, the audience and the address of the connection are right."
            )
        return reply

    def _merge_fields(self, record: Record) -> dict[str, str | float | int]:
        pairs = zip(self._fields, record.values, strict=True)
        return {name: _field(value) for place, (name, value) in enumerate(pairs) if place != self._key}

    @property
    def _list(self) -> str:
        return f"/lists/{self.config['list_id']}"


def _refusal(reason: object) -> Outcome:
    return Outcome(Fate.REJECTED, str(reason or "Mailchimp gave no reason.")[:500])


def _field(value: Value) -> str | float | int:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return ", ".join(value)
        case _:
            return value
