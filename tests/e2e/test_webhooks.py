"""Webhooks of the real service: told while nothing else is reached, followed, and no hindrance."""

import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from edge.domain.passage import Decision
from tests.edge.bootstrap.ways.test_webhooks import Inbox, a_hook
from tests.edge.delivery.test_post import listening
from tests.fixtures_service import RunService
from tests.receiver import receiving
from tests.webhook_desk import WebhookDesk

PATIENCE_S = 60.0
CONFIG = """\
box: {home: ./var}
mqtt: {url: "mqtt://127.0.0.1:1"}
console: {port: 0}
cameras:
  - {id: gate, url: "rtsp://127.0.0.1:1/cam"}
webhooks:
"""


def write(config: Path, *hooks: str) -> None:
    config.write_text(CONFIG + "".join(f"  - {{{hook}}}\n" for hook in hooks), encoding="utf-8")


def wait_for(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if words in line:
            return
    raise AssertionError("".join(said))


@pytest.mark.e2e
def test_receivers_are_told_and_followed_and_one_that_hangs_does_not_hold_the_end(
    tmp_path: Path, run_service: RunService
) -> None:
    config, inbox, asked = tmp_path / "gridwatch.yaml", Inbox(), threading.Event()

    def hang(line: socket.socket, over: threading.Event) -> None:
        line.recv(1)
        asked.set()
        over.wait(PATIENCE_S)

    with receiving(inbox), listening(hang) as port:
        hanging = a_hook("hanging", f"http://127.0.0.1:{port}/", ", timeout: 60s")
        write(config, hanging)
        service = run_service(config)
        wait_for(service, "console on")
        desk = WebhookDesk(tmp_path / "var" / "journal.db", begun=False)
        desk.pass_by("before", Decision.STRANGER)
        assert asked.wait(PATIENCE_S)
        write(config, hanging, a_hook("added", inbox.url))
        service.send_signal(signal.SIGHUP)
        wait_for(service, "configuration followed, workers begun anew: none")
        desk.pass_by("after", Decision.STRANGER)
        assert inbox.next_key() == "after.1"
        service.send_signal(signal.SIGTERM)
        asked_s = time.monotonic()
        assert service.wait(10) == 0
        assert time.monotonic() - asked_s < 5
    # What the one that hangs was not told waits for the next run.
    assert [one.id for one in desk.letters(name="hanging")] == ["before", "after"]
