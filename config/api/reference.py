"""``/api/v1/reference/``: the OpenAPI document as a page to read, made here: no script, no other host."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.api.document import document

COMPONENTS = "#/components/schemas/"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A type in words, and the component that it links to, if it is one."""

    words: str
    component: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a property."""

    name: str
    shape: Shape
    is_required: bool
    words: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """What is sent or answered."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """A body, or an answer with its status."""

    status: str
    media_type: str
    shape: Shape
    words: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    key: str
    method: str
    path: str
    summary: str
    words: str
    parameters: tuple[Row, ...]
    bodies: tuple[Content, ...]
    answers: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A named shape."""

    name: str
    words: str
    rows: tuple[Row, ...]


def reference(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, body, answers and examples."""
    return render(request, "api/reference.html", {"here": "api", "groups": groups(), "components": components()})


@cache
def groups() -> list[tuple[str, list[Operation]]]:
    """The operations by the first part of their address."""
    found: dict[str, list[Operation]] = defaultdict(list)
    for path, methods in document()["paths"].items():
        for method, told in methods.items():
            found[told["tags"][0]].append(_operation(path, method, told))
    return sorted(found.items())


@cache
def components() -> list[Component]:
    """The named shapes."""
    shapes = document()["components"]["schemas"]
    return [Component(name, shape.get("description", ""), tuple(_rows(shape))) for name, shape in shapes.items()]


def _operation(path: str, method: str, told: Json) -> Operation:
    parameters = (
        Row(part["name"], _shape(part["schema"]), part.get("required", False), part.get("description", ""), part["in"])
        for part in told.get("parameters", ())
    )
    bodies = _contents("", told.get("requestBody", {}))
    answers = [content for status, answer in told["responses"].items() for content in _contents(status, answer)]
    return Operation(
        told["operationId"],
        method.upper(),
        path,
        told.get("summary", ""),
        told.get("description", ""),
        tuple(parameters),
        tuple(bodies),
        tuple(answers),
    )


def _contents(status: str, told: Json) -> Iterator[Content]:
    words = told.get("description", "")
    if status and "content" not in told:
        yield Content(status, "", Shape(""), words, ())
    for media_type, content in told.get("content", {}).items():
        given = content.get("examples", {}).items()
        examples = (Example(one.get("summary", name), _text(one["value"])) for name, one in given)
        yield Content(status, media_type, _shape(content.get("schema", {})), words, tuple(examples))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _rows(shape: Json) -> Iterator[Row]:
    required = shape.get("required", ())
    for name, told in shape.get("properties", {}).items():
        yield Row(name, _shape(told), name in required, told.get("description", ""))


def _shape(told: Json) -> Shape:
    """A schema as a few words: `text or null`, `list of Mistake`, `live, paused`."""
    if "$ref" in told:
        return Shape(told["$ref"].removeprefix(COMPONENTS), told["$ref"].removeprefix(COMPONENTS))
    if "enum" in told:
        return Shape(" | ".join(str(value) for value in told["enum"]))
    for key in ("allOf", "oneOf", "anyOf"):
        if key in told:
            parts = [_shape(part) for part in told[key]]
            return Shape(" or ".join(part.words for part in parts), parts[0].component)
    kinds = told.get("type", "any")
    words = " or ".join(kinds) if isinstance(kinds, list) else kinds
    if "array" in words and "items" in told:
        inner = _shape(told["items"])
        return Shape(words.replace("array", f"list of {inner.words}"), inner.component)
    return Shape(f"{words} ({told['format']})" if "format" in told else words)
