"""The faces that a gate decided on, kept sealed for operators who compare them."""

from dataclasses import dataclass

import cv2
import numpy as np

from edge.domain.passage import Decision, Passage
from edge.gate.gate import Sighting
from edge.store.probes import Probes
from models.faces import Floats, Picture
from streams.frame import Frame

MARGIN = 0.3
"""Of a face's size, around one that was not good enough to be aligned."""
QUALITY = 92


@dataclass(frozen=True, slots=True, eq=False)
class ProbeKeeper:
    """Keeps the faces of one gate's passages.

    Attributes:
        probes: Of whoever writes.
        keep_s: For how long; 0 for never.
        of: Decisions whose faces are kept.
    """

    probes: Probes
    keep_s: float
    of: frozenset[Decision]

    def picture(self, sighting: Sighting, frame: Frame | None) -> bytes | None:
        """Return the JPEG to keep, None if none is wanted or no picture shows the person."""
        if not self.keep_s or sighting.passage.decision not in self.of:
            return None
        face = sighting.face
        if face is None and frame is not None and sighting.box_xyxy is not None:
            face = _cut(frame.bgr(), sighting.box_xyxy)
        if face is None or not face.size:
            return None
        _, jpeg = cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        return jpeg.tobytes()

    def keep(self, passage: Passage, jpeg: bytes | None) -> None:
        """Keep the face of a passage; forget an earlier one of somebody who is not to be kept."""
        if jpeg is not None:
            self.probes.add(passage.id, jpeg, now=passage.decided_at, keep_s=self.keep_s)
        elif passage.revision > 1 and passage.decision not in self.of:
            self.probes.remove(passage.id)


def _cut(picture: Picture, box_xyxy: Floats) -> Picture:
    """Return a face with a margin, within the picture."""
    margin = (box_xyxy[2:] - box_xyxy[:2]) * MARGIN
    x1, y1 = np.maximum(box_xyxy[:2] - margin, 0).astype(int)
    x2, y2 = np.maximum(box_xyxy[2:] + margin, 0).astype(int)
    return np.ascontiguousarray(picture[y1:y2, x1:x2])
