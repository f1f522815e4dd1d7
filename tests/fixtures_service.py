"""The service as a process of its own, as an operator would start it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

RunService = Callable[[Path], "subprocess.Popen[str]"]


@pytest.fixture
def run_service(models_ready: None) -> Iterator[RunService]:
    """Start the service on a configuration; ended with the test if it has not ended by then."""
    running: list[subprocess.Popen[str]] = []

    def run(config: Path) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "edge", "run", "--config", str(config)],
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        if process.stderr is not None:
            process.stderr.close()
