"""The service as a process of its own, as systemd would start it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import yaml

from edge import logs
from edge.bench.service_tree import family, workers_of

ENDS_WITHIN_S = 15.0
STARTS_WITHIN_S = 60.0
LAST_LINES = 20


class ServiceProcess:
    """``gridwatch run`` on one configuration."""

    def __init__(self, config: Path, content: Mapping[str, Any]) -> None:
        """Write its configuration."""
        self.config = config
        config.write_text(
            yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
        self.url = ""
        self.said: list[str] = []
        self._heard = threading.Condition()
        self._service: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        try:
            self.start()
        except TimeoutError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it, however it is."""
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            for pid in family(self.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            raise

    def start(self) -> None:
        """Start the service; returns when its console listens."""
        self._service = subprocess.Popen(
            [sys.executable, "-m", "edge", "run", "--config", str(self.config)],
            stderr=subprocess.PIPE,
            text=True,
            # Whoever measures is quiet; what the service says is waited for.
            env=os.environ | {"PYTHONUNBUFFERED": "1", logs.ENVIRONMENT: "info"},
        )
        threading.Thread(target=self._follow, args=(self._service,), daemon=True).start()
        line = self.wait_for("console on ", within_s=STARTS_WITHIN_S)
        self.url = line.rpartition("console on ")[2]

    @property
    def process(self) -> "subprocess.Popen[str] | None":
        """Return the service while it runs."""
        return self._service

    @property
    def pid(self) -> int:
        """Return the service's own process."""
        assert self._service is not None
        return self._service.pid

    @property
    def workers(self) -> list[int]:
        """Return the process ids of its workers that have a share of the cameras."""
        return workers_of(self.pid)

    def wait_for(self, words: str, *, times: int = 1, within_s: float) -> str:
        """Return the line with which the service has said something so often; else TimeoutError."""

        def heard() -> list[str]:
            return [line for line in self.said if words in line][times - 1 : times]

        with self._heard:
            if not self._heard.wait_for(heard, within_s):
                told = "\n".join(self.said[-LAST_LINES:])
                raise TimeoutError(f"{words!r} was not said within {within_s:.0f} s:\n{told}")
            return heard()[0]

    def stop(self) -> None:
        """End the service."""
        if self._service is not None:
            self._service.send_signal(signal.SIGTERM)
            self._service.wait(ENDS_WITHIN_S)
            self._service = None

    def _follow(self, service: "subprocess.Popen[str]") -> None:
        assert service.stderr is not None
        with service.stderr as lines:
            for line in lines:
                with self._heard:
                    self.said.append(line.rstrip("\n"))
                    self._heard.notify_all()
