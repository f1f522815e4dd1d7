"""Which face of this picture is which face of the pictures before.

Two rounds, as in ByteTrack (Zhang et al. 2022): certain faces first, then faint ones, of people who
turn away or are half hidden, for the tracks that are left. Boxes are compared with room around them
(C-BIoU, Yang et al. 2023).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.gate.pairing import pair
from edge.gate.track import Exact, Track
from models.faces import Faces, Floats

UNTRACKED = -1

ROOM = 0.5
"""Of a box's width and height, on each side: at a few pictures a second a near face moves by
its own width."""

LEAST_LIKENESS = 0.1
"""Intersection over union, with the room, from which two boxes may be one face."""


@dataclass(frozen=True, slots=True)
class Associated:
    """One face of a frame and the track it belongs to.

    Attributes:
        row: Row of the frame's ``Faces``.
        track: Number of the track, or ``UNTRACKED`` on a face's first frame.
    """

    row: int
    track: int


class Association:
    """Faces of one camera over time."""

    def __init__(self, *, keep_s: float, enter_score: float = 0.6) -> None:
        """Prepare an empty association.

        Args:
            keep_s: How long a face may be unseen before its track ends, in stream seconds.
            enter_score: Detector score of a certain face; only such a one begins a track.
        """
        self._keep_s = keep_s
        self._enter_score = enter_score
        self._tracks: list[Track] = []
        self._next = 0

    def update(self, faces: Faces, mono_s: float) -> list[Associated]:
        """Return every face of the frame with its track, in row order."""
        self._tracks = [one for one in self._tracks if mono_s - one.seen_s <= self._keep_s]
        for track in self._tracks:
            track.move_on(mono_s)
        certain = [row for row, score in enumerate(faces.scores) if score >= self._enter_score]
        faint = [row for row in range(len(faces)) if row not in certain]
        tracks = self._match(self._tracks, faces.boxes_xyxy, certain)
        left = [one for one in self._tracks if one not in tracks.values()]
        tracks |= self._match(left, faces.boxes_xyxy, faint)
        # Something that looked like a face once, and never again, was none.
        self._tracks = [
            one for one in self._tracks if one.number is not None or one in tracks.values()
        ]
        found = []
        for row in range(len(faces)):
            known = tracks.get(row)
            if known is None and row in certain:
                self._tracks.append(Track(faces.boxes_xyxy[row], mono_s))
            found.append(Associated(row, UNTRACKED if known is None else self._number(known)))
        return found

    def _match(
        self, tracks: Sequence[Track], boxes_xyxy: Floats, rows: Sequence[int]
    ) -> dict[int, Track]:
        """Return the track of each of some rows that has one, and have it take note."""
        if not tracks or not rows:
            return {}
        expected_xyxy = np.array([one.box_xyxy for one in tracks])
        likeness = _likeness(expected_xyxy, boxes_xyxy[rows].astype(np.float64))
        found = {}
        for place, column in pair(likeness.tolist(), least=LEAST_LIKENESS):
            row = rows[column]
            tracks[place].see(boxes_xyxy[row])
            found[row] = tracks[place]
        return found

    def _number(self, track: Track) -> int:
        if track.number is None:
            track.number, self._next = self._next, self._next + 1
        return track.number


def _likeness(one_xyxy: Exact, other_xyxy: Exact) -> Exact:
    """Return the ``(N, M)`` intersection over union of two sets of boxes, room around them."""
    one, other = _roomy(one_xyxy)[:, None], _roomy(other_xyxy)[None]
    shared = _area(
        np.maximum(one[..., :2], other[..., :2]), np.minimum(one[..., 2:], other[..., 2:])
    )
    whole = _area(one[..., :2], one[..., 2:]) + _area(other[..., :2], other[..., 2:]) - shared
    likeness: Exact = shared / np.maximum(whole, np.finfo(np.float64).tiny)
    return likeness


def _roomy(boxes_xyxy: Exact) -> Exact:
    room = ROOM * (boxes_xyxy[:, 2:] - boxes_xyxy[:, :2])
    return np.hstack([boxes_xyxy[:, :2] - room, boxes_xyxy[:, 2:] + room])


def _area(low_xy: Exact, high_xy: Exact) -> Exact:
    """Return the area between two corners, nothing where they are the other way round."""
    area: Exact = np.maximum(high_xy - low_xy, 0.0).prod(axis=-1)
    return area
