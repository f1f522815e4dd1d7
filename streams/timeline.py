"""Stream time: seconds that only go forward, whatever the camera's time stamps do."""

LARGEST_GAP_S = 10.0
"""A longer step between two frames is a camera that set its clock, not a pause."""

SMALLEST_STEP_S = 1e-4


class Timeline:
    """Turns presentation time stamps of one connection into stream time."""

    def __init__(self, *, start_s: float, nominal_fps: float) -> None:
        """Begin a connection.

        Args:
            start_s: Stream time of its first frame.
            nominal_fps: Step for frames without a time stamp; 0 is taken as 25.
        """
        self._step_s = 1 / nominal_fps if nominal_fps > 0 else 0.04
        self._now_s = start_s
        self._origin_s: float | None = None
        self.jumps = 0

    def advance(self, pts_s: float | None) -> float:
        """Return the stream time of the next frame.

        Args:
            pts_s: Its presentation time stamp in seconds, None if it has none.
        """
        if self._origin_s is None:
            self._origin_s = (pts_s or 0.0) - self._now_s
            return self._now_s
        wanted_s = self._now_s + self._step_s if pts_s is None else pts_s - self._origin_s
        step_s = wanted_s - self._now_s
        if not 0 <= step_s <= LARGEST_GAP_S:
            self.jumps += 1
            self._origin_s += step_s - self._step_s
            step_s = self._step_s
        self._now_s += max(step_s, SMALLEST_STEP_S)
        return self._now_s
