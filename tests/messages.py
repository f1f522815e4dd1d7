"""The schemas that receivers of messages are given, and messages held against them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

SCHEMAS = Path(__file__).resolve().parents[1] / "config" / "schemas"


def schema_of(name: str) -> dict[str, Any]:
    """Return the schema of a kind of message."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text())
    return schema


def valid(payload: bytes, name: str) -> dict[str, Any]:
    """Return a message; raises jsonschema.ValidationError if it is not what its schema says."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    message: dict[str, Any] = json.loads(payload)
    jsonschema.Draft202012Validator(schema_of(name), format_checker=checker).validate(message)
    return message


def objects_in(schema: object) -> Iterator[dict[str, Any]]:
    """Yield every part of a schema that lists the keys of an object."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from objects_in(part)
