"""Malformed requests by schemathesis over the whole OpenAPI document (TARGETS S2): never an answer of 5xx.

Each request is rolled back, so that the world stays as it is; half of them have names and numbers in their address that
exist, since a 404 for everything would test nothing.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api.document import document
from tests.api import world
from tests.api.world import MEMBER, Estate

pytestmark = pytest.mark.django_db(transaction=True)

OUTSIDE_A_TRANSACTION = ("/preview", "/explain", "/plan", "/export")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EACH = int(os.environ.get("FUZZ_EXAMPLES", "12"))


@pytest.fixture
def estate(db: None) -> Estate:
    member = world.make_people()
    cast = {role: world.make_person(role) for role in ("viewer", "editor", "approver", "admin")}
    return world.make_estate("own", cast, member)


def known(path: str, estate: Estate) -> dict[str, Any]:
    """Slots of an address filled with what exists."""
    key = estate.live.key
    if "/teams/" in path:
        return {"key": estate.team.key, "number": estate.people["editor"].pk}
    if "/activations/" in path:
        key = estate.activation.key
    numbers = {"versions": 2, "sync-runs": estate.sync_run.pk, "runs": estate.run.pk, "connections": estate.spare.pk}
    number = next((pk for part, pk in numbers.items() if f"/{part}/" in path), 1)
    name = "company-1" if "companies" in path else MEMBER
    return {
        "key": key,
        "number": number,
        "external_id": name,
        "prefix": "reg_unknown1",
        "channel": "email",
        "table": "x",
    }


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """A request through WSGI would close the connection, and with it the transaction that is to be rolled back."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "malformed"])
def test_no_request_gets_a_5xx_or_an_answer_that_the_document_does_not_know(
    mode: GenerationMode, estate: Estate
) -> None:
    _, secret = world.token_of(world.make_person("administrator", administrator=True))
    schema = schemathesis.openapi.from_dict(document())
    schema.app = get_wsgi_application()
    seen: Counter[int] = Counter()
    faults: set[str] = set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        _hit(result.ok(), mode, estate, {"Authorization": f"Bearer {secret}"}, seen, faults)
    assert not faults, "\n".join(sorted(faults))
    print(f"schemathesis, {mode.value}: {seen.total():,} requests, {dict(sorted(seen.items()))}, 0 of 5xx")
    assert seen.total() > 300


def _hit(
    operation: Any, mode: GenerationMode, estate: Estate, headers: dict[str, str], seen: Counter[int], faults: set[str]
) -> None:
    filled = known(operation.path, estate)

    @seed(20261122)
    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
    def send(case: Any, *, is_known: bool) -> None:
        if is_known:
            case.path_parameters = {name: filled[name] for name in case.path_parameters or {}}
        if operation.path.endswith(OUTSIDE_A_TRANSACTION):
            answer = case.call(headers=headers)
        else:
            with transaction.atomic():
                answer = case.call(headers=headers)
                transaction.set_rollback(True)
        seen[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            told = f"{operation.method.upper()} {operation.path} -> {answer.status_code}"
            faults.update(f"{told}: {fault.title}: {fault.message[:300]}" for fault in group.exceptions)

    send()
