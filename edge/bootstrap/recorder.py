"""Passages into the journal, with their message and, where the site allows it, a still."""

import hashlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from edge.clock import ClockState
from edge.domain.passage import Decision, Passage
from edge.errors import StoreError
from edge.gate.gate import Sighting
from edge.store.journal import Journal, Still
from edge.wire import BoxIdentity, EvidenceItem, passage_message
from models.faces import Floats, Picture
from streams.frame import Frame

log = logging.getLogger(__name__)

STILL_BYTES = 256 * 1024
STILL_NAME = "decided.jpg"
LONGEST_WAIT = 10_000
"""Passages kept in memory while the disk fails: days of a busy gate, a few megabytes."""

QUALITIES = (85, 70, 55, 40)
COLOURS = {
    Decision.RESIDENT: (90, 200, 90),
    Decision.STRANGER: (60, 60, 230),
    Decision.WATCHLIST: (200, 60, 200),
    Decision.UNSURE: (0, 190, 255),
}
"""BGR of a decision's frame."""

LONGER_SIDES_PX = (1280, 960, 640)


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """A passage on its way to the disk."""

    passage: Passage
    stills: list[Still]
    evidence: list[EvidenceItem]
    clock: ClockState


class PassageRecorder:
    """The recorder of one camera: a passage is on disk, or waits until the disk takes it."""

    def __init__(
        self,
        journal: Journal,
        *,
        box: BoxIdentity,
        announce: frozenset[Decision],
        clock: Callable[[], ClockState],
        stills: bool,
    ) -> None:
        """Prepare a recorder.

        Args:
            journal: This thread's connection.
            box: Who tells it.
            announce: Decisions that are alerts.
            clock: State of the box's clock.
            stills: Whether pictures of faces may leave the box.
        """
        self._journal = journal
        self._box = box
        self._announce = announce
        self._clock = clock
        self._stills = stills
        self._pending: deque[_Unwritten] = deque(maxlen=LONGEST_WAIT)
        self._failing = False

    def record(self, sighting: Sighting, frame: Frame | None) -> None:
        """Write one passage and its message in one transaction; keep it while the disk fails."""
        passage = sighting.passage
        stills: list[Still] = []
        if self._stills and frame is not None and sighting.box_xyxy is not None:
            jpeg = encode_still(_annotated(frame.bgr(), passage, sighting.box_xyxy))
            stills.append(Still(f"evidence/{passage.id}/{STILL_NAME}", jpeg))
        evidence = [
            EvidenceItem(
                STILL_NAME, "image/jpeg", len(one.jpeg), hashlib.sha256(one.jpeg).hexdigest()
            )
            for one in stills
        ]
        self._pending.append(_Unwritten(passage, stills, evidence, self._clock()))
        self.retry()

    def retry(self) -> None:
        """Write what could not be written before, in order; what still cannot stays."""
        while self._pending:
            try:
                self._write(self._pending[0])
            except StoreError as error:
                if not self._failing:  # once, not for every passage
                    log.error("%s; passages wait in memory until then", error)  # noqa: TRY400
                self._failing = True
                return
            self._failing = False
            self._pending.popleft()

    def _write(self, one: _Unwritten) -> None:
        passage = one.passage
        seq = self._journal.record_passage(
            passage,
            lambda seq: passage_message(
                passage,
                box=self._box,
                seq=seq,
                clock=one.clock,
                announce=self._announce,
                evidence=one.evidence,
            ),
            one.stills,
        )
        log.info(
            "passage=%s revision=%s camera=%s seq=%s %s",
            passage.id,
            passage.revision,
            passage.camera_id,
            seq,
            passage.decision,
        )


def encode_still(picture: Picture) -> bytes:
    """Return a JPEG of at most ``STILL_BYTES``: smaller and coarser until it fits."""
    encoded = b""
    for longer_px in LONGER_SIDES_PX:
        scale = min(longer_px / max(picture.shape[:2]), 1.0)
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for quality in QUALITIES:
            encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
            if len(encoded) <= STILL_BYTES:
                return encoded
    return encoded


def _annotated(picture: Picture, passage: Passage, box_xyxy: Floats) -> Picture:
    marked = np.ascontiguousarray(picture)
    colour = COLOURS[passage.decision]
    x1, y1, x2, y2 = (round(float(edge)) for edge in box_xyxy)
    cv2.rectangle(marked, (x1, y1), (x2, y2), colour, 2)
    label = f"{passage.decision} {passage.resident_id or ''}".strip()
    if passage.likeness is not None:
        label += f" {passage.likeness.similarity:.2f}"
    at = (max(x1, 0), max(y1 - 8, 16))
    cv2.putText(marked, label, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 4, cv2.LINE_AA)
    cv2.putText(marked, label, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, colour, 1, cv2.LINE_AA)
    return marked
