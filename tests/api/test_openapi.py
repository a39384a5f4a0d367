"""The OpenAPI document: complete, its examples true to its own schemas, and readable as a page."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from config.api.document import document
from tests.api import routes, world

Json = dict[str, Any]


def operations() -> Iterator[tuple[str, str, Json]]:
    for path, methods in document()["paths"].items():
        for method, told in methods.items():
            yield method.upper(), path, told


def examples() -> Iterator[tuple[str, Json, Any]]:
    """Name, schema and value of every example."""
    for method, path, told in operations():
        contents = [told.get("requestBody", {}), *told["responses"].values()]
        for content in (one for part in contents for one in part.get("content", {}).values()):
            for name, example in content.get("examples", {}).items():
                yield f"{method} {path}: {name}", content["schema"], example["value"]


def test_every_method_of_every_route_is_described() -> None:
    described = {(method, path.removeprefix("/")) for method, path, _ in operations()}
    assert described == routes.api_methods()


def test_every_example_fits_its_schema() -> None:
    found = list(examples())
    wrong = []
    for name, schema, value in found:
        validator = Draft202012Validator({**schema, "components": document()["components"]})
        wrong += [f"{name}: {error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    assert wrong == []
    assert len(found) >= 30
    print(f"{len(found)} examples fit their schemas")


def test_every_operation_has_a_summary_its_problems_and_two_ways_to_sign_in() -> None:
    for method, path, told in operations():
        assert told.get("summary"), (method, path)
        assert told["responses"]["4XX"]["content"].keys() == {"application/problem+json"}, (method, path)
        assert told["security"] == [{"token": []}, {"session": []}]
        assert "Needs the scope" in told["description"], (method, path)


def test_operation_ids_are_unique_and_words() -> None:
    names = [told["operationId"] for _, _, told in operations()]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


@pytest.mark.django_db
def test_the_document_comes_once_and_then_304() -> None:
    client = world.program_of(world.make_person("reader"), ["read"])
    first = client.get("/api/v1/schema/")
    assert first.json()["openapi"].startswith("3.1")
    again = client.get("/api/v1/schema/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_the_page_names_every_operation_and_every_shape(client: Client) -> None:
    client.force_login(world.make_person("reader"))
    page = client.get("/api/v1/reference/").content.decode()
    for _, path, told in operations():
        assert path in page
        assert f'id="{told["operationId"]}"' in page
    for name in document()["components"]["schemas"]:
        assert f'id="shape-{name}"' in page
