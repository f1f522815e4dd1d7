"""What the platform says of its cases is kept, or refused for a reason it can act on."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge.commands.case_status import CaseStatus
from edge.commands.command import Answer, Command, CommandRefusedError
from edge.domain.case import CaseMove, CaseState
from edge.store.cases import Heard

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "incident": "0193c1f0-0000-7000-8000-000000000001",
    "sequence": 3,
    "state": "dispatched",
    "at": "2026-11-24T02:59:58.123456Z",
    "case_number": "SZ-2026-0815",
    "department": "城管一中队",
    "text": "请于四小时内处理\n并反馈",
}


class OneCase:
    """Hears what it is told to hear."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.moves: list[CaseMove] = []

    def hear(self, move: CaseMove) -> Heard:
        self.moves.append(move)
        return self.heard


def ask(body: dict[str, Any], cases: OneCase) -> dict[str, Any]:
    command = Command("1", "box-01", "case.status", "city", AT, AT, json.dumps(body).encode())
    answer = CaseStatus(lambda: cases).handle(command, refuse_to_tell)
    answered: dict[str, Any] = json.loads(answer.body)
    return answered


def refuse_to_tell(_: Answer) -> None:
    raise AssertionError("there is nothing to tell before the end")


def test_a_move_is_kept_as_the_platform_said_it_to_the_millisecond() -> None:
    cases = OneCase(Heard.CURRENT)
    answer = ask(GOOD, cases)
    assert answer == {"incident": GOOD["incident"], "sequence": 3, "heard": "current"}
    assert cases.moves == [
        CaseMove(
            GOOD["incident"],
            3,
            CaseState.DISPATCHED,
            AT - timedelta(seconds=2) + timedelta(milliseconds=123),
            GOOD["case_number"],
            GOOD["department"],
            GOOD["text"],
        )
    ]


def test_what_is_not_said_is_empty() -> None:
    cases = OneCase(Heard.LATE)
    body = {name: GOOD[name] for name in ("incident", "sequence", "state", "at")}
    assert ask(body, cases)["heard"] == "late"
    assert (cases.moves[0].case_number, cases.moves[0].department, cases.moves[0].text) == (
        "",
        "",
        "",
    )


@pytest.mark.parametrize("heard", [Heard.UNKNOWN_INCIDENT, Heard.CONTRADICTION])
def test_what_cannot_be_kept_is_refused_by_its_code(heard: Heard) -> None:
    with pytest.raises(CommandRefusedError) as refused:
        ask(GOOD, OneCase(heard))
    assert refused.value.code == str(heard)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("incident", ""),
        ("incident", "x" * 65),
        ("incident", 7),
        ("sequence", -1),
        ("sequence", 2**53),
        ("sequence", "3"),
        ("sequence", 3.5),
        ("sequence", True),
        ("state", "lost"),
        ("at", "2026-11-24T02:59:58"),
        ("at", "2026-11-24T02:59:58+08:00"),
        ("at", "2026-02-30T02:59:58Z"),
        ("at", 1700000000),
        ("case_number", "x" * 65),
        ("case_number", "a\nb"),
        ("department", "x" * 129),
        ("text", "x" * 1001),
        ("text", "\x1b[2J"),
        ("note", "unknown"),
    ],
)
def test_a_body_that_is_not_as_its_schema_has_it_is_refused(name: str, value: object) -> None:
    cases = OneCase(Heard.CURRENT)
    with pytest.raises(CommandRefusedError) as refused:
        ask(GOOD | {name: value}, cases)
    assert refused.value.code == "body"
    assert f"body.{name}" in refused.value.text
    assert cases.moves == []


@pytest.mark.parametrize("name", ["incident", "sequence", "state", "at"])
def test_what_a_move_must_have_is_named_where_it_is_missing(name: str) -> None:
    body = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(CommandRefusedError) as refused:
        ask(body, OneCase(Heard.CURRENT))
    assert f"body.{name}" in refused.value.text
