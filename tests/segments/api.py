"""Clients of the API as members of staff, and what they send."""

import json
from typing import Any

from django.test import Client

from accounts.models import User
from tests.segments import data

PREVIEW, EXPLAIN, SCHEMA = "/api/v1/segments/preview", "/api/v1/segments/explain", "/api/v1/rules/schema"


def administrator() -> Client:
    """Somebody who may see everything."""
    return client_of(User.objects.create_superuser("admin@example.com"))


def editor() -> Client:
    """Somebody of a team, who may not see personal data."""
    return client_of(data.make_person("editor@example.com", data.make_team("sales")))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, address: str, body: object) -> tuple[int, dict[str, Any]]:
    """Status and answer; text and bytes are sent as they are."""
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    answer = client.post(address, sent, content_type="application/json")
    return answer.status_code, answer.json()
