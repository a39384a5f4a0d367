"""A pretend Mailchimp, after its Marketing API 3.0: one account with one audience and one tag."""

import hashlib
import json
import re
from base64 import b64decode
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from activations.destinations.base_emulator import Emulator, Request, Response

KEY = "0123456789abcdef0123456789abcdef-us20"
LIST, SEGMENT = "a1b2c3d4e5", 12345
MOST_MEMBERS = 500
MERGE_TAG = re.compile(r"[A-Z0-9_]{1,10}")
"""This account has a field for every tag that there can be."""
STATUSES = frozenset({"subscribed", "unsubscribed", "cleaned", "pending", "transactional"})
COMPLIANCE = (
    "Member In Compliance State",
    "{} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.",
)
FORGOTTEN = ("Forgotten Email Not Subscribed", "{} was permanently deleted and cannot be re-imported.")


class MailchimpEmulator(Emulator):
    """`contacts` are by hash, `tagged` the hashes with the tag; `bounced` and `forgotten` are addresses."""

    label = "Mailchimp"

    def __init__(self) -> None:
        super().__init__()
        self.key = KEY
        self.contacts: dict[str, dict[str, Any]] = {}
        self.tagged: set[str] = set()
        self.bounced: set[str] = set()
        self.forgotten: set[str] = set()

    def config(self, address: str) -> dict[str, str]:
        return {
            "api_key": KEY,
            "list_id": LIST,
            "segment_id": str(SEGMENT),
            "status": "subscribed",
            "base_url": f"{address}/3.0",
        }

    def shown(self) -> list[str]:
        return [f"{address}: {_listed(fields)}" for address, fields in self.people().items()]

    def lock_out(self) -> None:
        self.key = "revoked-us20"

    def halved(self, request: Request) -> Request:
        document = request.document or {}
        for name in ("members", "members_to_add", "members_to_remove"):
            if name in document:
                document[name] = document[name][: len(document[name]) // 2]
        return replace(request, body=json.dumps(document).encode())

    def limit(self) -> Response:
        """The vendor names no wait; this one does, so that callers can be seen to keep to it."""
        return _problem(429, "Too Many Requests", "You have exceeded the limit of 10 simultaneous connections.", wait=3)

    def answer(self, request: Request) -> Response:
        if not self._signed_in(request):
            return _problem(401, "API Key Invalid", f"Your API key may be invalid: {request.headers}")
        parts = request.path.removeprefix("/3.0").strip("/").split("/")
        match request.method, parts:
            case _, ["lists", name, *_] if name != LIST:
                return _problem(404, "Resource Not Found", "The requested resource could not be found.")
            case "GET", ["lists", _]:
                return Response(200, {"id": LIST, "stats": {"member_count": len(self.contacts)}})
            case "POST", ["lists", _]:
                return self._batch(request)
            case "PUT", ["lists", _, "members", member]:
                return self._put(unquote(member), request)
            case "POST", ["lists", _, "segments", number]:
                return self._segment(number, request)
        return self.refuse(
            f"no route {request.method} {request.path}", _problem(404, "Resource Not Found", "No route.")
        )

    def people(self) -> dict[str, dict[str, Any]]:
        """Those with the tag: address → merge fields."""
        return {one["email_address"]: one["merge_fields"] for key, one in self.contacts.items() if key in self.tagged}

    def _signed_in(self, request: Request) -> bool:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            decoded = b64decode(given).decode() if kind == "Basic" else ""
        except ValueError:
            decoded = ""
        return decoded.partition(":")[2] == self.key

    def _batch(self, request: Request) -> Response:
        document = request.document
        if not isinstance(document, dict) or not isinstance(document.get("members"), list):
            return self.refuse("no members", _problem(400, "Invalid Resource", "members is required"))
        members = document["members"]
        if len(members) > MOST_MEMBERS:
            return self.refuse("over 500 members", _problem(400, "Invalid Resource", "more than 500 members"))
        created: list[dict[str, str]] = []
        updated: list[dict[str, str]] = []
        errors: list[dict[str, str]] = []
        seen = set()
        for member in members:
            address = str(member.get("email_address", ""))
            key = _hash(address)
            if key in seen:
                continue  # skip_duplicate_check: the first one wins
            seen.add(key)
            wrong = self._wrong(member)
            if wrong:
                errors.append(_error(address, wrong, "ERROR_GENERIC"))
            elif key in self.contacts and not document.get("update_existing"):
                errors.append(_error(address, f"{address} is already a list member.", "ERROR_CONTACT_EXISTS"))
            else:
                (updated if key in self.contacts else created).append({"id": key, "email_address": address})
                self._store(key, address, member.get("status", ""), member.get("merge_fields", {}))
        return Response(
            200,
            {
                "new_members": created,
                "updated_members": updated,
                "errors": errors,
                "total_created": len(created),
                "total_updated": len(updated),
                "error_count": len(errors),
            },
        )

    def _put(self, member: str, request: Request) -> Response:
        document = request.document or {}
        address = str(document.get("email_address", ""))
        if member != _hash(address):
            return self.refuse("the hash is not of the address", _problem(400, "Invalid Resource", "not its hash"))
        there = self.contacts.get(member)
        status = document.get("status") or (there["status"] if there else document.get("status_if_new"))
        wrong = self._wrong({**document, "status": status})
        if wrong:
            return _problem(400, COMPLIANCE[0] if "compliance" in wrong else "Invalid Resource", wrong)
        self._store(member, address, str(status), document.get("merge_fields", {}))
        return Response(200, {"id": member, "email_address": address, "status": status})

    def _segment(self, number: str, request: Request) -> Response:
        if number != str(SEGMENT):
            return _problem(404, "Resource Not Found", "The requested resource could not be found.")
        document = request.document or {}
        add, remove = document.get("members_to_add", []), document.get("members_to_remove", [])
        if len(add) > MOST_MEMBERS or len(remove) > MOST_MEMBERS:
            return self.refuse("over 500 addresses", _problem(400, "Invalid Resource", "too many addresses"))
        known = {_hash(address) for address in add} & self.contacts.keys()  # unknown ones are ignored without a word
        gone = {_hash(address) for address in remove} & self.tagged
        added = known - self.tagged
        self.tagged |= known
        self.tagged -= gone
        return Response(
            200,
            {
                "members_added": [{"id": key} for key in added],
                "members_removed": [{"id": key} for key in gone],
                "errors": [],
                "total_added": len(added),
                "total_removed": len(gone),
                "error_count": 0,
            },
        )

    def _wrong(self, member: dict[str, Any]) -> str:
        """Why a contact can't be stored; '' if it can."""
        address = str(member.get("email_address", ""))
        if "@" not in address:
            return f"{address} looks fake or invalid, please enter a real email address."
        if address in self.forgotten:
            return FORGOTTEN[1].format(address)
        if address in self.bounced:
            return COMPLIANCE[1].format(address)
        if member.get("status") not in STATUSES:
            return "status is required"
        unknown = [tag for tag in member.get("merge_fields", {}) if not MERGE_TAG.fullmatch(tag)]
        return f"There is no merge field {unknown[0]}: a tag has 10 characters at most." if unknown else ""

    def _store(self, key: str, address: str, status: str, merge_fields: dict[str, Any]) -> None:
        there = self.contacts.get(key, {"merge_fields": {}})
        fields = {**there["merge_fields"], **merge_fields}
        self.contacts[key] = {"email_address": address, "status": status, "merge_fields": fields}


def _listed(fields: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in fields.items() if value)


def _hash(address: str) -> str:
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


def _error(address: str, words: str, code: str) -> dict[str, str]:
    return {"email_address": address, "error": words, "error_code": code, "field": "", "field_message": ""}


def _problem(status: int, title: str, detail: str, wait: int = 0) -> Response:
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": "1"}
    headers = {"Content-Type": "application/problem+json"}
    return Response(status, document, headers | ({"Retry-After": str(wait)} if wait else {}))
