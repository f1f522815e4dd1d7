"""The command that says what waits for whom."""

import json
from pathlib import Path

import pytest

from edge.cli.main import main
from edge.clock import SystemClock
from edge.domain.lane import Lane
from edge.store.database import transaction
from edge.store.journal import Journal
from edge.store.outbox import Outbox, Sent
from tests.passages import a_passage


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = tmp_path / "gridwatch.yaml"
    config.write_text("box: {home: ./var}\n", encoding="utf-8")
    return config


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "var" / "journal.db", SystemClock())
    for number in range(1, 5):
        lane = Lane.ALERT if number == 4 else Lane.PASSAGE
        journal.record_passage(a_passage(f"p{number}"), lambda seq: b'{"seq":%d}' % seq, lane=lane)
    outbox = Outbox(tmp_path / "var" / "journal.db", SystemClock())
    refused = outbox.next(Sent(), 4)[1]
    assert refused.seq == 1
    outbox.park(refused, "too large")
    return journal


@pytest.mark.usefixtures("journal")
def test_status_says_what_waits_and_that_all_is_accounted_for(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outbox", "status", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    row = next(line for line in told.splitlines() if line.startswith("mqtt"))
    assert row.split()[1:8] == ["1", "0", "2", "0", "0", "0", "1"]
    assert "all numbers from 1 to 4 are accounted for" in told


def test_a_number_that_is_not_accounted_for_is_named_and_is_an_error(
    config: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction(journal._connection):
        journal._connection.execute("DELETE FROM messages WHERE seq IN (2, 3)")
    assert main(["outbox", "status", "--config", str(config)]) == 1
    assert "no message has the number 2 to 3" in capsys.readouterr().out
    assert main(["outbox", "status", "--json", "--config", str(config)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["audit"]["missing"] == [{"first": 2, "last": 3}]
    assert told["sinks"][0]["waiting"]["alert"] == 1


@pytest.mark.usefixtures("journal")
def test_what_was_refused_waits_again(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outbox", "retry", "--sink", "elsewhere", "--config", str(config)]) == 2
    assert "there are: mqtt" in capsys.readouterr().err
    assert main(["outbox", "retry", "--sink", "mqtt", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "1 messages wait again\n"
    assert main(["outbox", "retry", "--config", str(config)]) == 0
    assert capsys.readouterr().out == "0 messages wait again\n"


@pytest.mark.usefixtures("journal")
def test_messages_are_handed_out_as_lines(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["outbox", "export", "--config", str(config)]
    assert main([*asked, "--from", "2", "--to", "3"]) == 0
    assert capsys.readouterr().out == '{"seq":2}\n{"seq":3}\n'
    out = tmp_path / "by-hand.jsonl"
    assert main([*asked, "--parked", "mqtt", "--out", str(out)]) == 0
    assert out.read_text() == '{"seq":1}\n'
    assert main([*asked, "--parked", "mqtt", "--out", str(out)]) == 2
    assert main([*asked, "--from", "3", "--to", "2"]) == 2
