"""A real mosquitto on a free loopback port."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.ports import a_free_port

START_TIMEOUT_S = 10.0


@dataclass
class Mosquitto:
    """A broker that a test may stop and start."""

    folder: Path
    port: int
    lines: tuple[str, ...] = ()
    scheme: str = "mqtt"
    _process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        # As root it would become another user, who may not read the test's folder.
        user = ("user root",) if os.geteuid() == 0 else ()
        config.write_text(
            "\n".join(
                (f"listener {self.port} 127.0.0.1", "allow_anonymous true", *user, *self.lines)
            )
            + "\n"
        )
        executable = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._process = subprocess.Popen(
            [executable, "-c", str(config)], stderr=subprocess.PIPE, text=True
        )
        running = threading.Event()
        threading.Thread(target=_follow, args=(self._process, running), daemon=True).start()
        if not running.wait(START_TIMEOUT_S):
            raise TimeoutError(f"mosquitto does not run on {self.port}")

    def stop(self) -> None:
        process, self._process = self._process, None
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while process is not None and time.monotonic() < deadline_s:
            # Said again: what comes just after "running" is forgotten by the broker.
            process.terminate()
            try:
                process.wait(1.0)
            except subprocess.TimeoutExpired:
                continue
            return
        if process is not None:
            raise TimeoutError(f"mosquitto on {self.port} does not end")


def _follow(process: "subprocess.Popen[str]", running: threading.Event) -> None:
    """Read what the broker says, so that it never blocks; note when it says that it runs."""
    assert process.stderr is not None
    with process.stderr:
        for line in process.stderr:
            if line.rstrip().endswith("running"):
                running.set()


def require_mosquitto() -> None:
    if shutil.which("mosquitto") or Path("/usr/sbin/mosquitto").exists():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("mosquitto is not installed; scripts/apt-test.txt lists it")
    pytest.skip("mosquitto is not installed: apt-get install mosquitto")


@pytest.fixture
def make_mosquitto(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Start brokers with extra lines of configuration."""
    require_mosquitto()
    started: list[Mosquitto] = []

    def make(*lines: str, scheme: str = "mqtt") -> Mosquitto:
        folder = tmp_path / f"broker-{len(started)}"
        folder.mkdir()
        broker = Mosquitto(folder, a_free_port(), lines, scheme)
        started.append(broker)
        broker.start()
        return broker

    yield make
    for broker in started:
        broker.stop()


@pytest.fixture
def mosquitto(make_mosquitto: Callable[..., Mosquitto]) -> Mosquitto:
    return make_mosquitto()
