"""How a camera's thread fares: how late it is, and whether by its own work or by its network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """How one camera fared for a while.

    Attributes:
        lag_s: How far its pictures were behind live, on average; 0 where there were none.
        busy: Share of the time in which it did not wait for its camera.
        urgent: Whether somebody may stand at it and wait.
    """

    lag_s: float
    busy: float
    urgent: bool


class LoadMeter:
    """Written by the camera's thread, asked by another one; a number that is missed is none."""

    def __init__(self, *, urgent: bool) -> None:
        """Begin; ``urgent`` as of ``Load``."""
        self._urgent = urgent
        self._lags_s = 0.0
        self._pictures = 0
        self._at_s = 0.0
        self._waited_s = 0.0

    def observe(self, lag_s: float) -> None:
        """Take note of a picture's lag."""
        self._lags_s += lag_s
        self._pictures += 1

    def take(self, now_s: float, waited_s: float) -> Load:
        """Return how it fared since the last call.

        Args:
            now_s: On a monotonic clock.
            waited_s: For packets, since the connection began.
        """
        passed_s, self._at_s = now_s - self._at_s, now_s
        rested_s, self._waited_s = waited_s - self._waited_s, waited_s
        if rested_s < 0:  # another connection
            rested_s = waited_s
        lag_s = self._lags_s / self._pictures if self._pictures else 0.0
        self._lags_s, self._pictures = 0.0, 0
        return Load(lag_s, 1 - min(rested_s / passed_s, 1.0) if passed_s else 0.0, self._urgent)
