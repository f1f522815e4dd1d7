"""A box that is killed and started again, and again."""

import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edge.bench.service_tree import family
from tests.running_box import RunningBox

PATIENCE_S = 60.0
LOOK_EVERY_S = 0.01


class Victim:
    """The service of one configuration; what it was before a kill is forgotten after it."""

    def __init__(self, folder: Path, content: Mapping[str, Any]) -> None:
        """Write the configuration below a folder; the box's home is ``var`` there."""
        self._config = folder / "gridwatch.yaml"
        self._content = content
        self.home = folder / "var"
        self.cameras = [camera["id"] for camera in content["cameras"]]
        self.box = RunningBox(self._config, content)

    @property
    def pid(self) -> int:
        """Return the service's own process."""
        assert self.box.process is not None
        return self.box.process.pid

    def start(self) -> None:
        """Start it; returns when its console listens."""
        self.box = RunningBox(self._config, self._content)
        self.box.start()

    def shares(self) -> dict[str, tuple[int, Sequence[str]]]:
        """Return process and cameras of every worker, by its name."""
        found: dict[str, tuple[int, Sequence[str]]] = {}
        for pid in self.box.workers:
            with contextlib.suppress(OSError):  # it has just ended
                name = Path(f"/proc/{pid}/comm").read_text().strip()
                number, count = int(name.rpartition("-")[2]) - 1, len(self.box.workers)
                found[name] = pid, self.cameras[number::count]
        return found

    def online(self, camera: str) -> int:
        """Return how often this run has said that a camera has pictures."""
        return sum(f"camera={camera} online" in line for line in tuple(self.box.said))

    def wait_online(self, before: Mapping[str, int]) -> None:
        """Return when these cameras have said it once more than before."""
        for camera, times in before.items():
            words = f"camera={camera} online"
            self.box.wait_for(words, times=times + 1, within_s=PATIENCE_S)

    def family(self) -> list[int]:
        """Return all processes of the service, itself first; none when it was stopped."""
        return [] if self.box.process is None else family(self.pid)

    def bury(self) -> None:
        """Take note of the service's end."""
        assert self.box.process is not None
        self.box.process.wait(PATIENCE_S)

    def end(self) -> None:
        """Leave nothing of it, however it is."""
        kill(self.family())
        if self.box.process is not None:
            self.bury()

    def stop(self) -> None:
        """End it as systemd would."""
        self.box.stop()


def kill(pids: Sequence[int]) -> None:
    """Kill processes as nothing can be refused: SIGKILL."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def gone_after_s(pids: Sequence[int], within_s: float) -> float:
    """Return after how long none of these processes is there any more; ``within_s`` if one is."""
    began_s = time.monotonic()
    while time.monotonic() - began_s < within_s:
        if not any(_runs(pid) for pid in pids):
            return time.monotonic() - began_s
        time.sleep(LOOK_EVERY_S)
    return within_s


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
