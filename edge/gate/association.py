"""Which face of this frame is which face of the frames before: ByteTrack, wrapped.

The library's habits that this file hides: it gives a track its number only on the second frame,
it may reorder its input, and it counts time in frames of a 30 fps clock unless told otherwise.
"""

from dataclasses import dataclass

import numpy as np
import supervision as sv
from trackers import BIoU, ByteTrackTracker

from models.faces import Faces

UNTRACKED = -1


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

    def __init__(self, *, keep_s: float, fps: float, enter_score: float = 0.6) -> None:
        """Prepare an empty association.

        Args:
            keep_s: How long a face may be unseen before its track ends, in stream seconds.
            fps: Analysed frame rate, to scale the motion model before timestamps are known.
            enter_score: Detector score that begins a track.
        """
        self._tracker = ByteTrackTracker(
            lost_track_buffer=round(keep_s * 30),
            frame_rate=fps,
            track_activation_threshold=enter_score,
            minimum_consecutive_frames=1,
            minimum_iou_threshold=0.1,
            high_conf_det_threshold=enter_score,
            # At a few analysed frames a second a near face moves by its own width.
            iou=BIoU(buffer_ratio=0.5),
        )

    def update(self, faces: Faces, mono_s: float) -> list[Associated]:
        """Return every face of the frame with its track, in row order."""
        rows = np.arange(len(faces))
        tracked = self._tracker.update(
            sv.Detections(
                xyxy=faces.boxes_xyxy.astype(np.float64),
                confidence=faces.scores.astype(np.float64),
                class_id=rows,
            ),
            timestamp=mono_s,
        )
        if tracked.tracker_id is None or tracked.class_id is None:
            return []
        pairs = zip(tracked.class_id, tracked.tracker_id, strict=True)
        return sorted((Associated(int(row), int(track)) for row, track in pairs), key=_row)


def _row(face: Associated) -> int:
    return face.row
