"""The schemas that integrators are given say what the box takes and what it answers."""

import base64
import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from edge.clock import ClockState
from edge.commands.case_status import CaseStatus
from edge.commands.command import Answer, Command, CommandRefusedError
from edge.commands.config_get import Accepted, ConfigGet
from edge.commands.envelope import Opened
from edge.commands.reading import read_command
from edge.commands.residents_delta import ResidentsDelta
from edge.domain.delta import Applied
from edge.store.cases import Heard
from edge.wire.answer import Reply, answer_message
from edge.wire.receipt import receipt_message
from tests.city import City, Post
from tests.conftest import FakeClock
from tests.messages import objects_in, schema_of, valid

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DONE = Applied("0193c1f0-0000-7000-8000-000000000001", 3, 4, AT, 1, 0, ("r-2",), (), AT)
CONSENT = {
    "notice_version": "2026-01",
    "given_at": "2026-09-01T08:00:00Z",
    "channel": "app",
    "guardian": "r-9",
    "portrait": True,
}
PUT = {
    "op": "put",
    "id": "r-1",
    "category": "staff",
    "valid_from": "2026-01-01",
    "valid_until": "2027-01-31",
    "birth_date": "1980-01-01",
    "consent": CONSENT,
}
BODIES: dict[str, list[dict[str, Any]]] = {
    "config.get": [{}],
    "case.status": [
        {
            "incident": "0193c1f0-0000-7000-8000-000000000001",
            "sequence": 3,
            "state": "dispatched",
            "at": "2026-11-24T02:59:58.123Z",
            "case_number": "SZ-2026-0815",
            "department": "城管一中队",
            "text": "请于四小时内处理\n并反馈",
        }
    ],
    "residents.delta": [
        {
            "from_version": 3,
            "to_version": 4,
            "entries": [PUT | {"photos": [base64.b64encode(b"jpeg").decode()]}],
        },
        {
            "from_version": 3,
            "to_version": 4,
            "entries": [
                PUT | {"template": {"model_sha256": "f" * 64, "photos": 2, "vector": "AAAAAA=="}},
                {"op": "remove", "id": "r-2"},
            ],
        },
    ],
}
OTHERS = [None, "", "x" * 70, "a b", "\x01", -1, 1.5, 2**60, True, [], {}, ["x"], {"x": 1}]
BEYOND_A_SCHEMA = ("valid_", "to_version", "from_version", "consent", "vector", "photos")
"""Where the box also refuses what is wrong with each other, or what is no base64."""


class AnyCase:
    def hear(self, _: object) -> Heard:
        return Heard.CURRENT


HANDLERS: dict[str, Callable[[Command], Answer]] = {
    "config.get": lambda command: ConfigGet(
        lambda: Accepted("0123456789abcdef", 1, "box: {}\n")
    ).handle(command, lambda _: None),
    "case.status": lambda command: CaseStatus(AnyCase).handle(command, lambda _: None),
    "residents.delta": lambda command: ResidentsDelta(
        lambda *_: DONE, lambda _: b"a.b.c", box_id="box-01"
    ).handle(command, lambda _: None),
}


def taken(name: str, body: object) -> bool:
    command = Command("1", "box-01", name, "city", AT, AT, json.dumps(body).encode())
    try:
        HANDLERS[name](command)
    except CommandRefusedError as error:
        assert error.code == "body"  # noqa: PT017 - many of them are good
        return False
    return True


def as_the_schema_says(name: str, body: object) -> bool:
    checker = jsonschema.Draft202012Validator(
        schema_of(name), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return bool(checker.is_valid(body))


def places(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(body, dict):
        inner = list(body.items())
    elif isinstance(body, list):
        inner = list(enumerate(body))
    for key, value in inner:
        yield (*at, key)
        yield from places(value, (*at, key))


def changed(body: dict[str, Any], at: tuple[Any, ...], value: object) -> dict[str, Any]:
    copied = copy.deepcopy(body)
    part: Any = copied
    for key in at[:-1]:
        part = part[key]
    if value is ...:
        del part[at[-1]]
    else:
        part[at[-1]] = value
    return copied


CASES = [
    (name, body, at) for name, bodies in BODIES.items() for body in bodies for at in places(body)
]


@pytest.mark.parametrize(
    ("name", "body"), [(n, body) for n, all_of in BODIES.items() for body in all_of]
)
def test_a_good_body_is_good_to_both(name: str, body: dict[str, Any]) -> None:
    assert taken(name, body)
    assert as_the_schema_says(name, body)
    assert not taken(name, body | {"more": 1})
    assert not as_the_schema_says(name, body | {"more": 1})


@pytest.mark.parametrize(("name", "body", "at"), CASES, ids=lambda one: str(one)[:40])
def test_what_the_schema_refuses_the_box_refuses_and_the_other_way_round(
    name: str, body: dict[str, Any], at: tuple[Any, ...]
) -> None:
    for value in (*OTHERS, ...):
        other = changed(body, at, value)
        by_schema, by_box = as_the_schema_says(name, other), taken(name, other)
        if by_schema and any(str(key).startswith(BEYOND_A_SCHEMA) for key in at):
            continue
        assert by_box is by_schema, (at, value)


def test_answers_and_receipts_are_what_their_schemas_say() -> None:
    for name, bodies in BODIES.items():
        command = Command("1", "box-01", name, "city", AT, AT, json.dumps(bodies[0]).encode())
        valid(HANDLERS[name](command).body, f"{name}.answer")
    valid(receipt_message(DONE, box_id="box-01"), "residents-receipt")
    reply = Reply(
        "0193c1f0-0000-7000-8000-000000000001",
        "box-01",
        "recheck",
        "done",
        AT,
        ClockState(synced=True, offset_ms=0.5),
        attachments=("still.jpg",),
    )
    valid(answer_message(reply), "answer")


def test_a_refusal_is_an_answer_as_its_schema_says(tmp_path: Path, clock: FakeClock) -> None:
    post = Post(tmp_path, clock)
    post.command(box_id="box-02")
    for answer in post.answers():
        valid(json.dumps(answer).encode(), "answer")
    assert post.codes() == ["other_box"]
    post.close()


def test_a_command_is_read_if_its_schema_says_so() -> None:
    content = City().content("config.get", at=AT)
    for at in places(content):
        for value in (*OTHERS, ...):
            other = changed(content, at, value)
            try:
                read_command(Opened("city", json.dumps(other).encode()), 100)
                read = True
            except CommandRefusedError:
                read = False
            assert as_the_schema_says("command", other) is read, (at, value)
    assert as_the_schema_says("command", content)


@pytest.mark.parametrize(
    "name",
    ["command", "answer", "residents-receipt", *BODIES, *(f"{name}.answer" for name in BODIES)],
)
def test_schemas_are_schemas_and_take_nothing_that_they_do_not_list(name: str) -> None:
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(one["additionalProperties"] is False for one in objects_in(schema))
