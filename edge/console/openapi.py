"""The API's own description: OpenAPI, with what FastAPI cannot know of its answers."""

import copy
from typing import Any

from fastapi import FastAPI

from edge.console.caller import COOKIE, CSRF_HEADER, SAFE_METHODS, Allowed
from edge.console.routes import guarded

TITLE = "gridwatch"
ABOUT = (
    "Everything that can be done in the console. A machine sends a token as"
    " `Authorization: Bearer`; a browser its session's cookie, and with every change the header"
    " `X-CSRF-Token` too. What is done is written to the audit before it is answered."
)
ERRORS = {
    "401": "Nobody is signed in, or the token is unknown or over.",
    "403": "The role does not allow it, or the CSRF token is missing.",
    "404": "There is nothing of this id, or it is of a camera that the caller does not see.",
    "409": "Somebody else was faster.",
    "410": "It was removed when its time was over.",
    "413": "The request is larger than any of its kind may be.",
    "422": "Something sent is wrong; the text says what is allowed.",
    "429": "Too often; wait for the seconds of `Retry-After`.",
    "503": "The box cannot do it at the moment; try again later.",
}
PUBLIC_ERRORS = ("401", "403", "413", "422", "429", "503")
ERROR = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {
            "description": "A sentence with the remedy, or what is wrong with each value sent.",
            "anyOf": [
                {"type": "string"},
                {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["loc", "msg", "type"],
                        "properties": {
                            "loc": {
                                "type": "array",
                                "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                            },
                            "msg": {"type": "string"},
                            "type": {"type": "string"},
                        },
                    },
                },
            ],
        },
        "problems": {
            "description": "Only of configurations: each fault and where it is.",
            "type": "array",
            "items": {"type": "object"},
        },
    },
}
MEDIA = {
    "/events": "text/event-stream",
    ".csv": "text/csv",
    ".zip": "application/zip",
    ".jpg": "image/jpeg",
    ".mjpg": "multipart/x-mixed-replace",
    "/face": "image/jpeg",
    "/portrait": "image/jpeg",
    "/export": "application/octet-stream",
}
"""What is answered in other forms than JSON, by the end of its path."""


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application's JSON API."""
    document = copy.deepcopy(app.openapi())
    document["info"] = {"title": TITLE, "version": app.version, "description": ABOUT}
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = ERROR
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
    }
    guards = {(method, path): guard for method, path, guard in guarded(app)}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path, method.upper(), guards.get((method.upper(), path)))
    return document


def _complete(operation: dict[str, Any], path: str, method: str, guard: Allowed | None) -> None:
    told = str(operation.get("description", ""))
    operation["summary"] = told.partition("\n")[0].partition(". ")[0].rstrip(".")
    responses = operation["responses"]
    for status in PUBLIC_ERRORS if guard is None else ERRORS:
        responses[status] = {
            "description": ERRORS[status],
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
    media = next((kind for end, kind in MEDIA.items() if path.endswith(end)), None)
    if media is not None and method == "GET":
        responses["200"]["content"] = {media: {}}
    if guard is None:
        operation["security"] = []
        return
    operation["security"] = [
        {"token": []},
        {"session": []} if method in SAFE_METHODS else {"session": [], "csrf": []},
    ]
    needed = ", ".join(f"`{permission}`" for permission in guard.permissions)
    operation["description"] = f"{told}\n\nNeeds {needed}.".strip()
