"""Where a face will be on the next picture: its box moves on as it did."""

import numpy as np
import numpy.typing as npt

from models.faces import Floats

Exact = npt.NDArray[np.float64]

MEASURED = 0.05
"""How exactly a detector finds an edge of a box, in sides of the box."""

FIRST_SPEED = 5.0
"""How fast a face may be that was seen once, in sides a second: someone who runs past a door."""

CHANGE = 2.0
"""How much that changes within a second."""


class Track:
    """One face: a Kalman filter of constant velocity for each edge of its box.

    The four edges are found equally well and move equally freely, so they have one covariance in
    common. Process noise is white acceleration (Bar-Shalom, Li and Kirubarajan 2001, 6.2.2).
    """

    def __init__(self, box_xyxy: Floats, mono_s: float) -> None:
        """Begin where a face is, in pixels, at a stream time."""
        self.number: int | None = None
        """None until it has been seen twice."""
        self.seen_s = mono_s
        self.box_xyxy: Exact = box_xyxy.astype(np.float64)
        self._speed: Exact = np.zeros(4)
        side = _side(self.box_xyxy)
        self._place, self._both, self._motion = (
            (side * MEASURED) ** 2,
            0.0,
            (side * FIRST_SPEED) ** 2,
        )
        self._at_s = mono_s

    def move_on(self, mono_s: float) -> None:
        """Have it be where it should be at a later stream time."""
        gone_s = max(mono_s - self._at_s, 0.0)
        self._at_s = mono_s
        self.box_xyxy = self.box_xyxy + self._speed * gone_s
        noise = (_side(self.box_xyxy) * CHANGE) ** 2
        self._place += 2 * gone_s * self._both + gone_s**2 * self._motion + noise * gone_s**3 / 3
        self._both += gone_s * self._motion + noise * gone_s**2 / 2
        self._motion += noise * gone_s

    def see(self, box_xyxy: Floats) -> None:
        """Take note of where it is now."""
        self.seen_s = self._at_s
        doubt = self._place + (_side(box_xyxy) * MEASURED) ** 2
        surprise: Exact = box_xyxy - self.box_xyxy
        of_place, of_motion = self._place / doubt, self._both / doubt
        self.box_xyxy = self.box_xyxy + of_place * surprise
        self._speed = self._speed + of_motion * surprise
        self._motion -= of_motion * self._both
        self._both *= 1 - of_place
        self._place *= 1 - of_place


def _side(box_xyxy: Floats | Exact) -> float:
    """Return the side in pixels of the square that is as large as a box, at least one."""
    width, height = box_xyxy[2:] - box_xyxy[:2]
    return float(np.sqrt(max(width * height, 1.0)))
