"""A pretend HubSpot, after its dated API: contacts, and static lists of them."""

import json
import re
import uuid
from dataclasses import replace
from typing import Any

from activations.destinations.base_emulator import Emulator, Request, Response

TOKEN = "pat-eu1-0123456789abcdef0123"  # noqa: S105 - of a tool that is none
VERSION = "2026-03"
STATIC, DYNAMIC = "42", "43"
MOST_INPUTS = 100
MOST_IDS = 100_000
PROPERTY = re.compile(r"[a-z][a-z0-9_]*")
"""This account has a property for every name that there can be."""


class HubSpotEmulator(Emulator):
    """`contacts` are by record id, `members` the ids on the static list; `broken` are addresses that it refuses."""

    label = "HubSpot"

    def __init__(self) -> None:
        super().__init__()
        self.token = TOKEN
        self.contacts: dict[str, dict[str, str]] = {}
        self.members: dict[str, None] = {}
        self.broken: set[str] = set()
        self.last_number = 100

    def config(self, address: str) -> dict[str, str]:
        return {"token": TOKEN, "list_id": STATIC, "version": VERSION, "base_url": address}

    def shown(self) -> list[str]:
        return [", ".join(filter(None, properties.values())) for properties in self.people().values()]

    def lock_out(self) -> None:
        self.token = TOKEN[::-1]

    def halved(self, request: Request) -> Request:
        document = request.document or {}
        for name in ("inputs", "recordIdsToAdd", "recordIdsToRemove"):
            if name in document:
                document[name] = document[name][: len(document[name]) // 2]
        return replace(request, body=json.dumps(document).encode())

    def limit(self) -> Response:
        document = {
            "status": "error",
            "message": "You have reached your ten_secondly_rolling limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": str(uuid.uuid4()),
            "policyName": "TEN_SECONDLY_ROLLING",
        }
        return Response(429, document, {"Retry-After": "3"})

    def people(self) -> dict[str, dict[str, str]]:
        """Those on the list: address → properties."""
        return {self.contacts[number]["email"]: self.contacts[number] for number in self.members}

    def answer(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _error(401, "INVALID_AUTHENTICATION", f"The token given is invalid: {request.headers}")
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["crm", "objects", version, "contacts", "batch", "upsert"] if version == VERSION:
                return self._upsert(request.document)
            case "PUT", ["crm", "lists", version, number, "memberships", "add-and-remove"] if version == VERSION:
                return self._change(number, request.document)
        return self.refuse(f"no route {request.method} {request.path}", _error(404, "OBJECT_NOT_FOUND", "No route."))

    def _upsert(self, document: Any) -> Response:
        inputs = document.get("inputs") if isinstance(document, dict) else None
        if not isinstance(inputs, list) or not 0 < len(inputs) <= MOST_INPUTS:
            return self.refuse("not 1 to 100 inputs", _error(400, "VALIDATION_ERROR", "1 to 100 inputs are allowed."))
        ids = [one.get("id") for one in inputs]
        if len(set(ids)) < len(ids):
            return self.refuse("an id twice", _error(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input."))
        results, errors = [], []
        for one in inputs:
            wrong = self._wrong(one)
            if wrong:
                errors.append({"status": "error", "category": "VALIDATION_ERROR", "message": wrong, "context": {}})
            else:
                results.append(self._stored(one))
        answer = {"status": "COMPLETE", "startedAt": "", "completedAt": "", "results": results}
        if errors:
            return Response(207, {**answer, "numErrors": len(errors), "errors": errors})
        return Response(200, answer)

    def _wrong(self, one: dict[str, Any]) -> str:
        address, properties = str(one.get("id", "")), one.get("properties", {})
        if one.get("idProperty") != "email" or properties.get("email") != address:
            return f"The id {address} is not the property email."
        if "@" not in address or address in self.broken:
            return f"Property values were not valid: Email address {address} is invalid"
        unknown = [name for name in properties if not PROPERTY.fullmatch(name)]
        return f'Property "{unknown[0]}" does not exist' if unknown else ""

    def _stored(self, one: dict[str, Any]) -> dict[str, Any]:
        """Matched by address, what is not given is blanked: there are no partial upserts."""
        address = str(one["id"])
        known = next((number for number, there in self.contacts.items() if there["email"] == address), None)
        number = known or self._new_number()
        self.contacts[number] = {name: str(value) for name, value in one["properties"].items()}
        return {
            "id": number,
            "new": known is None,
            "properties": self.contacts[number],
            "archived": False,
            "objectWriteTraceId": one.get("objectWriteTraceId"),
        }

    def _new_number(self) -> str:
        self.last_number += 1
        return str(self.last_number)

    def _change(self, number: str, document: Any) -> Response:
        if number == DYNAMIC:
            return _error(400, "VALIDATION_ERROR", "Memberships of DYNAMIC lists can't be edited")
        if number != STATIC:
            return _error(404, "OBJECT_NOT_FOUND", f"List does not exist with ID {number}.")
        if not isinstance(document, dict):
            return self.refuse("no document", _error(400, "VALIDATION_ERROR", "Invalid input JSON"))
        add, remove = document.get("recordIdsToAdd", []), document.get("recordIdsToRemove", [])
        if len(add) + len(remove) > MOST_IDS:
            return self.refuse("too many ids", _error(400, "VALIDATION_ERROR", "At most 100000 ids."))
        added = [one for one in add if one in self.contacts and one not in self.members]
        removed = [one for one in remove if one in self.members]
        missing = [one for one in add if one not in added] + [one for one in remove if one not in removed]
        self.members.update(dict.fromkeys(added))
        for one in removed:
            del self.members[one]
        return Response(200, {"recordsIdsAdded": added, "recordsIdsRemoved": removed, "recordIdsMissing": missing})


def _error(status: int, category: str, message: str) -> Response:
    document = {"status": "error", "message": message, "correlationId": str(uuid.uuid4()), "category": category}
    return Response(status, document)
