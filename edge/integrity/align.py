"""Where a camera looks now against where it looked: shift and turn between two maps of edges."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

TURNS_DEG = (0.0, -2.0, 2.0, -4.0, 4.0, -6.0, 6.0, -9.0, 9.0, -12.0, 12.0)
WHOLE = 0.99
LEAST_OVERLAP = 0.4
"""Share of the picture that both views must show."""


@dataclass(frozen=True, slots=True)
class Move:
    """How the scene lies on the picture against the reference.

    Attributes:
        right: Share of the width by which the scene moved right.
        down: Share of the height by which it moved down.
        turn_deg: By which it turned clockwise, as one sees it.
        fit: Correlation of the two maps after taking that back, in [-1, 1].
    """

    right: float
    down: float
    turn_deg: float
    fit: float

    def beyond(self, shift: float, turn_deg: float) -> bool:
        """Return whether it is more than a shake."""
        return max(abs(self.right), abs(self.down)) > shift or abs(self.turn_deg) > turn_deg


def fit(now: Floats, reference: Floats) -> float:
    """Return the correlation of two maps as they lie, in [-1, 1]; 0 where one is flat."""
    a, b = now - now.mean(), reference - reference.mean()
    norm = float(np.sqrt(np.vdot(a, a) * np.vdot(b, b)))
    return float(np.vdot(a, b)) / norm if norm > 0 else 0.0


def find(now: Floats, reference: Floats) -> Move:
    """Return the shift and turn that fit best; a few milliseconds.

    Phase correlation (Kuglin and Hines, 1975) at a few turns, judged by the correlation of what
    both views show.

    Args:
        now: ``(h, w)`` edges.
        reference: ``(h, w)`` edges.
    """
    height, width = now.shape
    best = Move(0.0, 0.0, 0.0, fit(now, reference))
    for turn in TURNS_DEG:
        back = _turned_back(turn, height, width)
        upright = _warped(now, back)
        (dx, dy), _ = cv2.phaseCorrelate(reference, upright)
        back[:, 2] -= np.array([dx, dy])
        found = _fit_where_both(_warped(now, back), reference, back)
        if found > best.fit:
            best = Move(float(dx) / width, float(dy) / height, turn, found)
    return best


def taken_back(now: Floats, move: Move) -> Floats:
    """Return a map as it would be without a move; 0 where it shows nothing of the reference."""
    height, width = now.shape
    back = _turned_back(move.turn_deg, height, width)
    back[:, 2] -= np.array([move.right * width, move.down * height])
    return _warped(now, back)


def _turned_back(turn_deg: float, height: int, width: int) -> npt.NDArray[np.float64]:
    middle = ((width - 1) / 2, (height - 1) / 2)
    return np.asarray(cv2.getRotationMatrix2D(middle, turn_deg, 1.0), np.float64)


def _warped(picture: Floats, matrix: npt.NDArray[np.float64]) -> Floats:
    return np.asarray(cv2.warpAffine(picture, matrix, picture.shape[::-1]), np.float32)


def _fit_where_both(upright: Floats, reference: Floats, matrix: npt.NDArray[np.float64]) -> float:
    both = _warped(np.ones_like(upright), matrix) > WHOLE
    if np.count_nonzero(both) < LEAST_OVERLAP * both.size:
        return -1.0
    return fit(upright[both], reference[both])
