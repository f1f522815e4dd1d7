"""The configuration is told as it is followed, or not at all."""

import json
from datetime import UTC, datetime

import pytest

from edge.commands.command import Answer, Command, CommandFailedError, CommandRefusedError
from edge.commands.config_get import Accepted, ConfigGet

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def ask(accepted: Accepted, body: bytes = b"{}") -> Answer:
    command = Command("1", "box-01", "config.get", "city", AT, AT, body)
    return ConfigGet(lambda: accepted).handle(command, lambda _: None)


def test_the_text_is_told_with_its_version_and_its_place_in_the_history() -> None:
    answer = ask(Accepted("0123456789abcdef", 12, "box: {id: box-01}\n"))
    assert json.loads(answer.body) == {
        "version": "0123456789abcdef",
        "history_id": 12,
        "yaml": "box: {id: box-01}\n",
    }


def test_a_body_that_asks_for_more_is_refused() -> None:
    with pytest.raises(CommandRefusedError, match=r"body\.path"):
        ask(Accepted("0123456789abcdef", None, ""), b'{"path":"/etc/passwd"}')


def test_what_does_not_fit_into_an_answer_is_said_to_be_too_large() -> None:
    with pytest.raises(CommandFailedError, match="oversized"):
        ask(Accepted("0123456789abcdef", 1, "# 小\n" * 60_000))
