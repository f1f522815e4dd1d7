"""Stream time: seconds that only go forward, whatever the camera's time stamps do."""

LARGEST_GAP_S = 10.0
"""A longer step between two frames is a camera that set its clock, not a pause."""

SMALLEST_STEP_S = 1e-4

LEAP_S = 5.0
"""A live picture may come so much earlier than its time stamp says: what was sent while a stream
was opened comes at once."""

WINDOW_S = 10.0
SLOWEST, FASTEST = 0.8, 1.25
"""How fast a camera's clock may seem to run over a window; no crystal is off by a hundredth."""

WINDOWS_TO_JUDGE = 2
"""One alone may be a network that held pictures back, and gave them out in the next."""


class Timeline:
    """Turns presentation time stamps of one connection into stream time.

    A recording's stamps are all there is. Of live pictures it is known when they came: stamps are
    believed as long as they agree with that, so that a dwell is one of the street and not one that
    a camera made up.

    Attributes:
        jumps: Steps that were not believed.
    """

    def __init__(self, *, start_s: float, nominal_fps: float) -> None:
        """Begin a connection.

        Args:
            start_s: Stream time of its first frame.
            nominal_fps: Step for frames without a time stamp; 0 is taken as 25.
        """
        self._nominal_s = 1 / nominal_fps if nominal_fps > 0 else 0.04
        self._now_s = start_s
        self._begun = False
        self._pts_s: float | None = None
        self._arrived_s: float | None = None
        self._ahead_s = 0.0
        self._pulse = _Pulse()
        self.jumps = 0

    @property
    def distrusted(self) -> bool:
        """Return whether the camera's clock runs too wrongly to be believed at all."""
        return self._pulse.wrong >= WINDOWS_TO_JUDGE

    def advance(
        self, pts_s: float | None, arrived_s: float | None = None, waited_s: float = 0.0
    ) -> float:
        """Return the stream time of the next frame.

        Args:
            pts_s: Its presentation time stamp in seconds, None if it has none.
            arrived_s: When it came, on a monotonic clock; None for a recording.
            waited_s: For how long, of all the time so far, nothing had come yet: what comes while
                somebody waits is new, however old its stamp says it is.
        """
        passed_s = None
        if arrived_s is not None and self._arrived_s is not None:
            passed_s = max(arrived_s - self._arrived_s, 0.0)
        self._arrived_s = arrived_s
        own_s = None if pts_s is None or self._pts_s is None else pts_s - self._pts_s
        if self._pts_s is None and pts_s is not None and 0 < pts_s <= LARGEST_GAP_S:
            own_s = pts_s  # a first picture without a stamp was shown at zero
        if not self._begun:
            self._begun, self._pts_s = True, pts_s
            return self._now_s
        step_s = self._step(own_s, passed_s, waited_s)
        if pts_s is not None:
            self._pts_s = pts_s
        elif self._pts_s is not None:
            self._pts_s += step_s
        step_s = max(step_s, SMALLEST_STEP_S)
        if passed_s is not None:
            self._ahead_s += step_s - passed_s
        self._now_s += step_s
        return self._now_s

    def _step(self, own_s: float | None, passed_s: float | None, waited_s: float) -> float:
        if passed_s is None:
            if own_s is not None and 0 <= own_s <= LARGEST_GAP_S:
                return own_s
            self.jumps += own_s is not None
            return self._nominal_s
        true = own_s is not None and self._plausible(own_s, passed_s)
        self._pulse.beat(own_s if true and own_s is not None else passed_s, passed_s, waited_s)
        if own_s is not None and true and not self.distrusted:
            return own_s
        self.jumps += own_s is not None
        # What a slow clock has kept back is made up for: it was time on the street.
        return passed_s + (max(-self._ahead_s, 0.0) if self.distrusted else 0.0)

    def _plausible(self, own_s: float, passed_s: float) -> bool:
        """Return whether a live picture's step can be true."""
        if not 0 < own_s <= LARGEST_GAP_S:
            return False
        early_s = self._ahead_s + own_s - passed_s
        leaps = own_s - passed_s > LEAP_S and early_s > LEAP_S
        return not leaps and early_s <= LARGEST_GAP_S


class _Pulse:
    """How fast a camera's clock runs, a window at a time.

    Attributes:
        wrong: Windows in a row in which it ran too slowly, or too fast.
    """

    def __init__(self) -> None:
        self.wrong = 0
        self._fast = False
        self._own_s = self._passed_s = 0.0
        self._waited_s: float | None = None

    def beat(self, own_s: float, passed_s: float, waited_s: float) -> None:
        """Take note of a step, as the stamps have it and as it was."""
        if self._waited_s is None:
            self._waited_s = waited_s
        self._own_s += own_s
        self._passed_s += passed_s
        if self._passed_s < WINDOW_S:
            return
        rate = self._own_s / self._passed_s
        # Somebody who never waits is late himself: old pictures are what he must expect.
        fresh = waited_s - self._waited_s >= self._passed_s / 2
        fast = rate > FASTEST
        if fast or (rate < SLOWEST and fresh):
            self.wrong = self.wrong + 1 if self.wrong == 0 or fast is self._fast else 1
            self._fast = fast
        else:
            self.wrong = 0
        self._own_s = self._passed_s = 0.0
        self._waited_s = waited_s
