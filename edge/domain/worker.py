"""How a worker process is, as health tells it."""

from dataclasses import dataclass
from enum import StrEnum


class WorkerState(StrEnum):
    """Whether it works."""

    STARTING = "starting"
    RUNNING = "running"
    ENDING = "ending"
    """It hangs or is too large, and is being ended."""
    WAITING = "waiting"
    """For its next start."""
    CRASH_LOOP = "crash_loop"
    """It has died several times in a row."""
    OVER = "over"
    """All its cameras were recordings that are over."""


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """One worker process.

    Attributes:
        name: As in the log.
        camera_ids: Its share of the cameras.
        alone: Whether its cameras were taken out of a share that crashed again and again.
        restarts: Since the service began.
        crashes: In a row.
        last_exit: Why it last ended: a signal's name, an exit code, or what the service saw.
        culprit: The camera whose thread it was, empty where that is not known.
        last_exit_ago_s: How long ago.
        next_try_s: Until it is started again; None while it runs.
        memory_bytes: Resident; None where that is not known.
    """

    name: str
    state: WorkerState
    camera_ids: tuple[str, ...]
    alone: bool = False
    restarts: int = 0
    crashes: int = 0
    last_exit: str = ""
    culprit: str = ""
    last_exit_ago_s: float | None = None
    next_try_s: float | None = None
    memory_bytes: int | None = None
