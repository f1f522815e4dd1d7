"""Whether worker processes that began with a changed configuration can run with it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from edge.store.journal import SeenCamera

REPORTS = 2
"""A worker that refuses reports its cameras once, to say why; one that runs, every second."""


class Probation:
    """Cameras whose workers began anew, until each has reported often enough."""

    def __init__(self, camera_ids: Collection[str], since: datetime) -> None:
        """Begin.

        Args:
            camera_ids: Whose workers began.
            since: When they did; older reports are of the workers before.
        """
        self._last = dict.fromkeys(camera_ids, since)
        self._count = dict.fromkeys(camera_ids, 0)

    @property
    def waiting(self) -> list[str]:
        """Return the cameras that have not reported often enough."""
        return [camera_id for camera_id, count in self._count.items() if count < REPORTS]

    def passed(self, seen: Iterable[SeenCamera]) -> bool:
        """Take the last reports of all cameras, and return whether all workers run."""
        for one in seen:
            camera_id = one.report.camera_id
            if camera_id in self._last and one.reported_at > self._last[camera_id]:
                self._last[camera_id] = one.reported_at
                self._count[camera_id] += 1
        return not self.waiting
