"""Whether a worker process hangs: numbers that should change and do not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.supervisor.slate import SLOTS, Slate, Stage

STARTS_WITHIN_S = 60.0
"""An interpreter and its libraries from a slow disk, before the first beat."""

GAP_S = 1.0
"""The service itself may have been kept from looking: no more than this is put down to a worker."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Something that stands still.

    Attributes:
        detail: What, in words.
        camera_id: Whose thread it is; None for the process as a whole.
    """

    detail: str
    camera_id: str | None = None


@dataclass(slots=True)
class _Seen:
    value: int
    still_s: float = 0.0

    def look(self, value: int, passed_s: float) -> float:
        """Return for how long the value has stood still."""
        self.still_s = self.still_s + passed_s if value == self.value else 0.0
        self.value = value
        return self.still_s


class Watch:
    """Watches one worker process."""

    def __init__(
        self,
        slate: Slate,
        camera_ids: Sequence[str],
        *,
        process_s: float,
        camera_s: Callable[[str], float],
        now_s: float,
    ) -> None:
        """Begin.

        Args:
            slate: The worker's numbers.
            camera_ids: Its share.
            process_s: Longest time without a beat.
            camera_s: Longest time without progress of a camera; more than its timeouts.
            now_s: On a monotonic clock.
        """
        self._slate = slate
        self._process_s = process_s
        self._camera_s = camera_s
        self._at_s = now_s
        self._beats = _Seen(slate.beats)
        self._cameras = {
            (number, camera_id): _Seen(0) for number, camera_id in enumerate(camera_ids[:SLOTS])
        }

    def look(self, now_s: float) -> Hang | None:
        """Return what hangs, None if nothing does."""
        passed_s, self._at_s = min(now_s - self._at_s, GAP_S), now_s
        beats = self._slate.beats
        still_s = self._beats.look(beats, passed_s)
        if still_s > (self._process_s if beats else STARTS_WITHIN_S):
            return Hang(f"no sign of life for {still_s:.0f} s")
        if self._slate.stage != Stage.READY or not self._slate.turn:
            return None
        for (number, camera_id), seen in self._cameras.items():
            slot = self._slate.cameras[number]
            still_s = seen.look(slot.progress, passed_s)
            if not slot.over and still_s > self._camera_s(camera_id):
                return Hang(f"a camera makes no progress for {still_s:.0f} s", camera_id)
        return None
