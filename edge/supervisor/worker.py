"""A worker process as the supervisor knows it, and what it may do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.supervisor.slate import Slate


class Worker(Protocol):
    """A process with a share of the cameras."""

    @property
    def slate(self) -> Slate:
        """Return the numbers that it shares with the service."""
        ...

    @property
    def exitcode(self) -> int | None:
        """Return None while it runs."""
        ...

    def terminate(self) -> None:
        """Ask it to stop."""
        ...

    def kill(self) -> None:
        """End it, even if it hangs or is stopped."""
        ...

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        ...

    def memory_bytes(self) -> int | None:
        """Return its resident memory, None where that is not known."""
        ...

    def last_words(self) -> str:
        """Return what it wrote when a signal of its own ended it; empty if nothing."""
        ...


def _any(_: Sequence[str]) -> None:
    return None


def _a_minute(_: str) -> float:
    return 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker process may do.

    Attributes:
        silent_s: Longest time without a sign of life.
        camera_s: Longest time without progress, by camera: more than its timeouts together.
        memory_bytes: Most resident memory, by the share of the cameras; None for any.
        grace_s: From the request to end to the signal that cannot be refused.
    """

    silent_s: float = 10.0
    camera_s: Callable[[str], float] = _a_minute
    memory_bytes: Callable[[Sequence[str]], int | None] = _any
    grace_s: float = 2.0


TELL_THE_PERSON = (2, 3)
"""Exit codes that no new attempt can change."""


class WorkerRefusedError(Exception):
    """A worker could not start; it has said why. ``code`` is the exit code to end with."""

    def __init__(self, code: int) -> None:
        super().__init__(f"a worker ended with exit code {code}")
        self.code = code


class ReloadRefusedError(Exception):
    """A worker could not start with a changed configuration; those before it go on.

    Attributes:
        name: Which worker.
        detail: How it ended.
    """

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name} could not start: {detail}")
        self.name = name
        self.detail = detail
