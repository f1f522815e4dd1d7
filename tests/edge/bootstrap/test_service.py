import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures_service import RunService
from tests.patience import asked_until

CONFIG = """\
box: {{id: box-01, home: ./var}}
mqtt: {{url: "{broker}"}}
console: {{port: {port}}}
cameras:
  - {{id: gate, url: "{camera}", gate: {{direction: in}}}}
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, run_service: RunService) -> Start:
    def start(**values: object) -> "subprocess.Popen[str]":
        path = tmp_path / "gridwatch.yaml"
        path.write_text(CONFIG.format(**values))
        return run_service(path)

    return start


def line_with(process: "subprocess.Popen[str]", words: str) -> str:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if words in line:
            return line
    raise AssertionError("".join(said))


def health(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        said: bytes = answer.read()
    return said.decode()


@pytest.mark.e2e
def test_a_service_with_nothing_reachable_runs_says_so_and_stops_within_five_seconds(
    start: Start, free_port: int
) -> None:
    process = start(broker="mqtt://127.0.0.1:1", camera="rtsp://127.0.0.1:1/cam", port=free_port)
    assert "nobody listens there" in line_with(process, "camera=gate offline")
    asked_until(lambda: health(free_port), lambda said: '"gate":"' in said)
    process.send_signal(signal.SIGTERM)
    asked_s = time.monotonic()
    assert process.wait(5) == 0
    assert time.monotonic() - asked_s < 5


@pytest.mark.e2e
def test_a_taken_console_port_is_said_and_the_gates_go_on(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(broker="mqtt://127.0.0.1:1", camera="rtsp://127.0.0.1:1/c", port=port)
        assert f"console.port: 127.0.0.1:{port} cannot be used" in line_with(process, "console")
        assert line_with(process, "camera=gate offline")
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


@pytest.mark.e2e
def test_port_zero_gives_each_embedded_broker_a_free_port(
    start: Start, run_service: RunService, tmp_path: Path
) -> None:
    words = {"broker": "embedded://127.0.0.1:0", "camera": "rtsp://127.0.0.1:1/cam", "port": 0}
    first = start(**words)
    beside = tmp_path / "beside" / "gridwatch.yaml"
    beside.parent.mkdir()
    beside.write_text(CONFIG.format(**words))
    second = run_service(beside)
    ports = [line_with(one, "embedded broker on").rpartition(":")[2] for one in (first, second)]
    assert ports[0] != ports[1]
    for process in (first, second):
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
