"""Nothing larger than it may be is read, whoever sends it and however."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from edge.console.bodies import MEBIBYTE, MOST_BYTES, BodyLimit
from edge.console.permissions import Role
from tests.console_app import Console

BLOCK = b" " * 65_536
PHOTO_BYTES = 2 * MEBIBYTE


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(tmp_path)


def streamed(size: int) -> Iterator[bytes]:
    """Yield blanks, a body of which no length is said."""
    yield from [BLOCK] * (size // len(BLOCK))


@pytest.mark.parametrize("path", ["/api/v1/login", "/login", "/nowhere"])
def test_a_body_that_is_said_to_be_too_large_is_refused_with_a_sentence(
    console: Console, path: str
) -> None:
    answer = console.client().post(path, content=b" " * (MOST_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json() == {"detail": "the request has more than 1 MiB; send less at once"}
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_body_of_no_said_length_is_counted_while_it_arrives(console: Console) -> None:
    client = console.sign_in(Role.ADMIN)
    for path in ("/api/v1/login", "/api/v1/residents/search"):
        answer = client.post(path, content=streamed(3 * MEBIBYTE))
        assert answer.status_code == 413, path
        assert "more than 1 MiB" in answer.json()["detail"]


def test_the_largest_body_comes_through(console: Console) -> None:
    answer = console.client().post("/api/v1/login", content=b" " * MOST_BYTES)
    assert answer.status_code == 422


def photo(client: TestClient) -> int:
    files = {"photo": ("ann.jpg", b"\xff" * PHOTO_BYTES, "image/jpeg")}
    return client.post("/api/v1/residents/photos", files=files).status_code


def test_photos_may_be_larger_but_only_of_who_is_signed_in(console: Console) -> None:
    """Bodies are read before anybody is asked who sends them."""
    assert photo(console.client()) == 413
    stranger = console.client()
    stranger.headers["Authorization"] = "Bearer gw_made-up"
    assert photo(stranger) == 413
    assert photo(console.sign_in(Role.VIEWER)) == 403


def test_more_than_any_number_of_photos_is_refused(console: Console) -> None:
    client = console.sign_in(Role.ADMIN)
    answer = client.post("/api/v1/residents", content=b"", headers={"Content-Length": str(10**9)})
    assert answer.status_code == 413
    assert "more than 97 MiB" in answer.json()["detail"]


def test_what_is_refused_while_it_arrives_is_not_read_to_its_end() -> None:
    read: list[int] = []

    async def receive() -> Message:
        read.append(len(BLOCK))
        return {"type": "http.request", "body": BLOCK, "more_body": True}

    async def reader(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass

    async def nowhere(message: Message) -> None:
        raise AssertionError(message)

    limit = BodyLimit(reader, {}, lambda _: True)
    scope = {"type": "http", "method": "POST", "path": "/api/v1/login", "headers": []}
    with pytest.raises(HTTPException) as refused:
        asyncio.run(limit(scope, receive, nowhere))
    assert refused.value.status_code == 413
    assert sum(read) == MOST_BYTES + len(BLOCK)
