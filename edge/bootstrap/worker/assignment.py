"""What a worker process is told, and what it answers: light, for whoever starts one."""

from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from edge.supervisor.slate import Slate

SPARE = "gridwatch-spare"


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a worker process is to do, sent to it over its line.

    Attributes:
        name: Its own, as in the log.
        config: The configuration's file.
        text: What was accepted of it: somebody may be in the middle of changing it.
        camera_ids: Its share.
        follows: Whether another process has these cameras until the turn comes.
    """

    name: str
    config: Path
    text: str
    camera_ids: tuple[str, ...]
    follows: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a worker that follows another one cannot start."""

    detail: str


def run_worker(
    slate: Slate, line: "Connection[Any, Any]", last_words: "Connection[Any, Any]"
) -> None:
    """Run a worker process; its target. See ``shard.run_worker``."""
    # Whoever starts a process has to import its target: the libraries are for the process alone.
    from edge.bootstrap.worker import shard  # noqa: PLC0415

    shard.run_worker(slate, line, last_words)
