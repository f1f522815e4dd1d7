"""The service started as systemd starts it: what the manager hears from beginning to end."""

import signal
import socket
from pathlib import Path

import pytest

from tests.fixtures_service import RunService

CONFIG = """\
box: {home: ./var}
mqtt: {url: "mqtt://127.0.0.1:1"}
console: {port: 0}
cameras:
  - {id: shown, url: "rtsp://127.0.0.1:1/cam"}
"""
PATIENCE_S = 60.0


@pytest.mark.e2e
def test_a_service_manager_hears_of_start_life_reload_and_end(
    tmp_path: Path, run_service: RunService, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "gridwatch.yaml"
    config.write_text(CONFIG)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", manager.getsockname())
        monkeypatch.setenv("WATCHDOG_USEC", "1500000")

        def heard(word: str) -> str:
            """Return the next message that begins with a word."""
            while not (text := manager.recv(4096).decode()).startswith(word):
                assert not text.startswith("STOPPING"), text
            return text

        service = run_service(config)
        assert "0 of " in heard("READY=1")
        for _ in range(3):
            heard("WATCHDOG=1")
        config.write_text(CONFIG.replace("/cam", "/other"))
        service.send_signal(signal.SIGHUP)
        assert "MONOTONIC_USEC=" in heard("RELOADING=1")
        heard("READY=1")
        heard("WATCHDOG=1")
        service.send_signal(signal.SIGTERM)
        while not manager.recv(4096).startswith(b"STOPPING=1"):
            pass
        assert service.wait(10) == 0
