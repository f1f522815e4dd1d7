"""A broker for a bench: mosquitto on a free port where it is installed, else the box's own."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from edge.delivery.broker import VERSION as EMBEDDED_VERSION
from edge.delivery.broker import EmbeddedBroker, free_port

START_TIMEOUT_S = 10.0
SAY_AGAIN_S = 1.0
BESIDE_PATH = "/usr/sbin/mosquitto"
"""Where Debian has it, which is on nobody's path but root's."""


@dataclass(frozen=True, slots=True)
class Running:
    """A broker that runs.

    Attributes:
        name: ``mosquitto`` or ``embedded``, for the figure.
        version: Of MQTT.
    """

    name: str
    url: str
    version: str


@dataclass
class Mosquitto:
    """A mosquitto that may be stopped and started."""

    folder: Path
    port: int
    lines: tuple[str, ...] = ()
    scheme: str = "mqtt"
    _process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; returns when it listens, else TimeoutError."""
        config = self.folder / "mosquitto.conf"
        # As root it would become another user, who may not read the folder.
        user = ("user root",) if os.geteuid() == 0 else ()
        own = (f"listener {self.port} 127.0.0.1", "allow_anonymous true", *user, *self.lines)
        config.write_text("\n".join(own) + "\n", encoding="utf-8")
        self._process = subprocess.Popen(
            [installed_mosquitto() or BESIDE_PATH, "-c", str(config)],
            stderr=subprocess.PIPE,
            text=True,
        )
        running = threading.Event()
        threading.Thread(target=_follow, args=(self._process, running), daemon=True).start()
        if not running.wait(START_TIMEOUT_S):
            raise TimeoutError(f"mosquitto does not run on {self.port}")

    def stop(self) -> None:
        """End it; TimeoutError if it does not."""
        process, self._process = self._process, None
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while process is not None and time.monotonic() < deadline_s:
            # Said again: what comes just after "running" is forgotten by the broker.
            process.terminate()
            try:
                process.wait(SAY_AGAIN_S)
            except subprocess.TimeoutExpired:
                continue
            return
        if process is not None:
            raise TimeoutError(f"mosquitto on {self.port} does not end")


def installed_mosquitto() -> str | None:
    """Return the program, None where it is not installed."""
    found = shutil.which("mosquitto")
    return found or (BESIDE_PATH if Path(BESIDE_PATH).exists() else None)


@contextmanager
def running_broker(folder: Path) -> Iterator[Running]:
    """Yield a broker that needs no password; the embedded one is a thread of this process.

    Args:
        folder: For its configuration.
    """
    if installed_mosquitto() is None:
        with EmbeddedBroker() as embedded:
            yield Running("embedded", embedded.url, EMBEDDED_VERSION)
        return
    # A bench sends more than a broker keeps for nobody.
    broker = Mosquitto(folder, free_port(), ("max_queued_messages 0",))
    broker.start()
    try:
        yield Running("mosquitto", broker.url, "5")
    finally:
        broker.stop()


def _follow(process: "subprocess.Popen[str]", running: threading.Event) -> None:
    """Read what the broker says, so that it never blocks; note when it says that it runs."""
    assert process.stderr is not None
    with process.stderr:
        for line in process.stderr:
            if line.rstrip().endswith("running"):
                running.set()
