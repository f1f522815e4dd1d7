"""Which frames are analysed: an even rate, the newest first, and never behind live."""

import random
from collections.abc import Callable

FORGET_PER_S = 0.001
"""The best delay ever seen is believed a little less each second: clocks of cameras drift."""


LATE_S = 0.5
"""Frames are let go when the analysis is this far behind; less is the network's jitter."""

SPREAD = 0.25
"""So much sooner or later than even a frame is taken where only a share can be."""


HURRY = 2
"""So many times the rate while somebody must not wait."""


def _whole() -> float:
    return 1.0


def _never() -> bool:
    return False


class Pace:
    """Chooses frames on an even grid of stream time.

    Behind live no queue is worked off: frames are let go until the newest is reached, and counted.
    Where a machine has more to do than it can, a share of the frames is chosen, as evenly. Where it
    can do all, and somebody must not wait, more are.

    Attributes:
        wanted: Frames that the whole rate would have chosen.
        analysed: Frames that were chosen.
        skipped: Frames between those.
        dropped: Frames that came too late.
    """

    def __init__(
        self,
        fps: float,
        share: Callable[[], float] = _whole,
        hurried: Callable[[], bool] = _never,
    ) -> None:
        """Analyse ``fps`` frames a second.

        Args:
            fps: The whole rate.
            share: Returns how much of it can be done at the moment.
            hurried: Returns whether somebody must not wait for the next frame of that rate.
        """
        self._interval_s = 1 / fps
        self._share = share
        self._hurried = hurried
        self._slot_s = self._wanted_slot_s = float("-inf")
        self._next_s = float("-inf")
        self._last_s = 0.0
        self.wanted = 0
        self.analysed = 0
        self.skipped = 0
        self.dropped = 0

    def due(self, mono_s: float, lag_s: float = 0.0) -> bool:
        """Return whether to analyse a frame.

        Args:
            mono_s: Its stream time.
            lag_s: How far it is behind live.
        """
        step_s, self._last_s = mono_s - self._last_s, mono_s
        # Most frames are in no new slot, not even in one of twice the rate.
        finest_s = (mono_s + 1e-3) // (self._interval_s / HURRY) * (self._interval_s / HURRY)
        if finest_s <= min(self._slot_s, self._wanted_slot_s):
            self.skipped += 1
            return False
        share = self._share()
        hurried = share >= 1 and self._hurried()
        interval_s = self._interval_s / HURRY if hurried else self._interval_s
        # A frame a hair before its slot belongs to it: time stamps are rounded.
        slot_s = (mono_s + 1e-3) // interval_s * interval_s
        if slot_s > self._wanted_slot_s:
            self._wanted_slot_s = slot_s
            self.wanted += 1
        if slot_s <= self._slot_s or (share < 1 and mono_s + 1e-3 < self._next_s):
            self.skipped += 1
            return False
        # A late keyframe is the newest still: the next comes only after a while.
        if lag_s > max(LATE_S, self._interval_s, step_s):
            self.dropped += 1
            return False
        self._slot_s = slot_s
        # Cameras that were opened together would all be looked at together, and late.
        step_s = interval_s / share * random.uniform(1 - SPREAD, 1 + SPREAD)
        self._next_s = max(self._next_s + step_s, mono_s)
        self.analysed += 1
        return True


class Lag:
    """How far frames are behind live, without knowing the camera's clock.

    The smallest difference between arrival and stream time seen so far is that of a frame without
    delay; what is above it is lag.
    """

    def __init__(self) -> None:
        self._best_s = float("inf")
        self._at_s = 0.0
        self.seconds = 0.0

    def observe(self, mono_s: float, arrived_s: float) -> float:
        """Return the lag of a frame.

        Args:
            mono_s: Its stream time.
            arrived_s: When it arrived, on a monotonic clock.
        """
        offset_s = arrived_s - mono_s
        if self._best_s != float("inf"):
            self._best_s += (arrived_s - self._at_s) * FORGET_PER_S
        self._best_s = min(self._best_s, offset_s)
        self._at_s = arrived_s
        self.seconds = offset_s - self._best_s
        return self.seconds
