"""A network that sees what a test tells it, and frames to show it."""

from datetime import UTC, datetime, timedelta

import av
import cv2
import numpy as np

from edge.domain.geometry import Box
from edge.street.tone import Picture
from models.detections import Detections
from models.faces import Picture as Pixels
from streams.frame import Frame
from streams.pixels import Converter

WORDS = ("car", "truck", "person", "chair", "surfboard", "smoke", "fire", "stall")
BEGIN = datetime(2026, 11, 24, 3, tzinfo=UTC)


class FakeDetector:
    """Sees the same things until it is told otherwise, as shares of a picture.

    Attributes:
        seen: Words, boxes and scores.
        only_wh: Of the only pictures in which it sees them; None for all.
        shown: Sizes of the pictures it was shown.
    """

    name, sha256, labels, input_px = "fake", "ab" * 32, WORDS, 416

    def __init__(
        self, *seen: tuple[str, Box, float], only_wh: tuple[int, int] | None = None
    ) -> None:
        self.seen = seen
        self.only_wh = only_wh
        self.shown: list[tuple[int, int]] = []

    def detect(self, picture: Pixels) -> Detections:
        height, width = picture.shape[:2]
        self.shown.append((width, height))
        if self.only_wh not in {None, (width, height)}:
            return Detections.none(WORDS)
        scale = np.array([width, height, width, height], np.float32)
        boxes = np.array([box for _, box, _ in self.seen], np.float32).reshape(-1, 4) * scale
        return Detections(
            boxes,
            np.array([score for *_, score in self.seen], np.float32),
            np.array([WORDS.index(word) for word, *_ in self.seen], np.intp),
            WORDS,
        )


def a_frame(mono_s: float = 0.0, *, size_wh: tuple[int, int] = (640, 360)) -> Frame:
    """Return a black frame."""
    return _frame(np.zeros((size_wh[1], size_wh[0], 3), np.uint8), mono_s)


def frame_of(picture: Picture, mono_s: float) -> Frame:
    """Return a frame that shows a small picture of Y, Cr and Cb."""
    return _frame(np.asarray(cv2.cvtColor(picture, cv2.COLOR_YCrCb2BGR), np.uint8), mono_s)


def _frame(bgr: Pixels, mono_s: float) -> Frame:
    decoded = av.VideoFrame.from_ndarray(bgr, format="bgr24")
    utc = BEGIN + timedelta(seconds=mono_s)
    return Frame(round(mono_s * 10), mono_s, utc, True, decoded, Converter())
