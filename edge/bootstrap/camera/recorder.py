"""Passages into the journal, with their message and, where the site allows it, a still."""

import logging
from collections.abc import Callable

import cv2
import numpy as np

from edge.bootstrap.camera.passage_book import PassageBook
from edge.bootstrap.camera.patience import PICTURES_WAIT
from edge.bootstrap.camera.probes import ProbeKeeper
from edge.clock import ClockState
from edge.domain.lane import Lane
from edge.domain.passage import Decision, Passage
from edge.errors import StoreError
from edge.gate.gate import Sighting
from edge.stills import draw_label, encode_still
from edge.store.outgoing import Still
from edge.store.passage_entries import PassageEntry
from edge.wire.box import BoxIdentity
from edge.wire.parts import evidence_of
from edge.wire.passage import passage_message
from models.faces import Floats, Picture
from streams.frame import Frame

log = logging.getLogger(__name__)

STILL_NAME = "decided.jpg"
COLOURS = {
    Decision.RESIDENT: (90, 200, 90),
    Decision.STRANGER: (60, 60, 230),
    Decision.WATCHLIST: (200, 60, 200),
    Decision.UNSURE: (0, 190, 255),
}
"""BGR of a decision's frame."""


class PassageRecorder:
    """The recorder of one camera: a passage is on disk, or waits until the disk takes it."""

    def __init__(
        self,
        book: PassageBook,
        *,
        box: BoxIdentity,
        announce: frozenset[Decision],
        clock: Callable[[], ClockState],
        stills: bool,
        probes: ProbeKeeper | None = None,
    ) -> None:
        """Prepare a recorder.

        Args:
            book: Has the passages of all gates of the process written.
            box: Who tells it.
            announce: Decisions that are alerts.
            clock: State of the box's clock.
            stills: Whether pictures of faces may leave the box.
            probes: Keeps the face of each passage for the console; None for nowhere.
        """
        self._book = book
        self._box = box
        self._announce = announce
        self._clock = clock
        self._stills = stills
        self._probes = probes

    def record(self, sighting: Sighting, frame: Frame | None) -> None:
        """Write one passage and its message in one transaction; keep it while the disk fails."""
        passage = sighting.passage
        stills: list[Still] = []
        waiting = self._book.waiting
        if waiting >= PICTURES_WAIT:
            frame = None  # the message is kept, and nothing that takes room in memory
        if self._stills and frame is not None and sighting.box_xyxy is not None:
            jpeg = encode_still(_annotated(frame.bgr(), passage, sighting.box_xyxy))
            stills.append(Still(f"evidence/{passage.id}/{STILL_NAME}", jpeg))
        evidence = [evidence_of(STILL_NAME, one.jpeg) for one in stills]
        probe = None
        if self._probes is not None and waiting < PICTURES_WAIT:
            probe = self._probes.picture(sighting, frame)
        clock = self._clock()
        entry = PassageEntry(
            passage,
            lambda seq: passage_message(
                passage,
                box=self._box,
                seq=seq,
                clock=clock,
                announce=self._announce,
                evidence=evidence,
            ),
            stills,
            Lane.ALERT if passage.decision in self._announce else Lane.PASSAGE,
        )
        self._book.add(entry, lambda seq: self._written(passage, probe, seq))

    def retry(self) -> None:
        """Write what could not be written before."""
        self._book.retry()

    def _written(self, passage: Passage, probe: bytes | None, seq: int | None) -> None:
        """Keep the face of a passage that is on the disk."""
        if self._probes is not None:
            try:
                self._probes.keep(passage, probe)
            except StoreError as error:  # a face that is not kept holds no alert up
                log.warning("passage=%s its face is not kept: %s", passage.id, error)
        log.info(
            "passage=%s revision=%s camera=%s seq=%s %s",
            passage.id,
            passage.revision,
            passage.camera_id,
            seq,
            passage.decision,
        )


def _annotated(picture: Picture, passage: Passage, box_xyxy: Floats) -> Picture:
    marked = np.ascontiguousarray(picture)
    colour = COLOURS[passage.decision]
    x1, y1, x2, y2 = (round(float(edge)) for edge in box_xyxy)
    cv2.rectangle(marked, (x1, y1), (x2, y2), colour, 2)
    label = f"{passage.decision} {passage.resident_id or ''}".strip()
    if passage.likeness is not None:
        label += f" {passage.likeness.similarity:.2f}"
    draw_label(marked, (max(x1, 0), max(y1 - 8, 16)), label, colour=colour)
    return marked
