"""Why a worker process ended, and which camera it was."""

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from edge.supervisor.slate import SLOTS, Slate

NATIVE = frozenset(
    {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP}
)
"""Signals by which code ends itself; others come from a person or the kernel."""

BY_SIGNAL = 128
"""Added by a process that was asked to end and did so in order, as a shell does."""

CURRENT_THREAD = re.compile(r"Current thread 0x([0-9a-f]+)")
"""As ``faulthandler`` begins its account of a crash."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a worker process ended.

    Attributes:
        detail: In words, with the signal's name.
        by_itself: Whether something in it went wrong; else somebody killed it.
        camera_id: Whose thread it was; None where that is not known.
    """

    detail: str
    by_itself: bool
    camera_id: str | None = None


def ending_of(
    code: int, *, slate: Slate, camera_ids: Sequence[str], last_words: str, why: Ending | None
) -> Ending:
    """Return how a process ended.

    Args:
        code: Its exit code; negative for a signal.
        slate: Its numbers.
        camera_ids: Its share.
        last_words: What ``faulthandler`` wrote.
        why: Why the service has ended it, None if it has not.
    """
    if why is not None:
        return why
    if code > BY_SIGNAL:
        return Ending(_name_of(code - BY_SIGNAL), by_itself=False)
    if code >= 0:
        culprit = _crashed(slate, camera_ids)
        return Ending(f"exit code {code}", by_itself=True, camera_id=culprit)
    name = _name_of(-code)
    if -code in NATIVE:
        return Ending(name, by_itself=True, camera_id=_named(last_words, slate, camera_ids))
    return Ending(name, by_itself=False)


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _crashed(slate: Slate, camera_ids: Sequence[str]) -> str | None:
    slots = slate.cameras[: len(camera_ids)]
    return next((one for one, slot in zip(camera_ids, slots, strict=False) if slot.crashed), None)


def _named(last_words: str, slate: Slate, camera_ids: Sequence[str]) -> str | None:
    """Return the camera whose thread the signal has met."""
    found = CURRENT_THREAD.search(last_words)
    if found is None:
        return None
    thread = int(found[1], 16)
    for number, camera_id in enumerate(camera_ids[:SLOTS]):
        if slate.cameras[number].thread == thread:
            return camera_id
    return None
