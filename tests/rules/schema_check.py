"""The few words of JSON schema that ours uses, so that the tests need no library for it."""

import re
from typing import Any

TYPES = {"string": str, "array": list, "object": dict, "boolean": bool}


def accepts(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    """Whether a value is valid; a word that is not known here is a mistake of the schema."""
    return all(_word(word, said, value, root, schema) for word, said in schema.items())


def _word(word: str, said: Any, value: Any, root: dict[str, Any], schema: dict[str, Any]) -> bool:
    match word:
        case "$ref":
            return accepts(root["$defs"][said.removeprefix("#/$defs/")], value, root)
        case "anyOf":
            return any(accepts(option, value, root) for option in said)
        case "type":
            return _is_a(said, value)
        case "enum":
            return any(_same(value, option) for option in said)
        case "const":
            return _same(value, said)
        case "$schema" | "title" | "description" | "$defs" | "x-operators" | "x-measures":
            return True
        case _:
            return _limit(word, said, value, root, schema)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _is_a(said: str, value: Any) -> bool:
    if said in ("number", "integer"):
        allowed: type | tuple[type, ...] = int if said == "integer" else (int, float)
        return isinstance(value, allowed) and not isinstance(value, bool)
    return isinstance(value, TYPES[said])


def _limit(word: str, said: Any, value: Any, root: dict[str, Any], schema: dict[str, Any]) -> bool:
    match word, value:
        case (("pattern" | "minLength" | "maxLength"), str()):
            return re.search(said, value) is not None if word == "pattern" else _bounded(word, said, len(value))
        case "prefixItems", list():
            return all(accepts(first, item, root) for first, item in zip(said, value, strict=False))
        case "items", list():
            return all(accepts(said, item, root) for item in value[len(schema.get("prefixItems", [])) :])
        case (("minItems" | "maxItems"), list()):
            return _bounded(word, said, len(value))
        case "properties", dict():
            return all(accepts(said[key], item, root) for key, item in value.items() if key in said)
        case "required", dict():
            return all(key in value for key in said)
        case "additionalProperties", dict():
            return all(key in schema.get("properties", {}) for key in value)
        case "minProperties", dict():
            return len(value) >= int(said)
        case (("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum"), int() | float()):
            return isinstance(value, bool) or _bounded(word, said, value)
        case _:
            return word in LIMITS


WORDS = """
    pattern minLength maxLength prefixItems items minItems maxItems properties required additionalProperties
    minProperties minimum maximum exclusiveMinimum exclusiveMaximum
"""
LIMITS = WORDS.split()


def _bounded(word: str, bound: float, value: float) -> bool:
    if word == "exclusiveMinimum":
        return value > bound
    if word == "exclusiveMaximum":
        return value < bound
    return value >= bound if word.startswith("min") else value <= bound
