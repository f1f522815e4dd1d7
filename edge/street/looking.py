"""When a network looks at a street and at which part of it, and what its words mean."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from edge.domain.geometry import Box, around, box_area, covered, overlap, widened
from edge.domain.scene import Subject, Thing
from models.detections import Detections, ObjectDetector, detect_regions
from streams.frame import Frame

MOVING_S, PENDING_S, QUIET_S = 0.5, 2.0, 10.0
"""Looks are this far apart while something moves, while something may become an incident, else."""

WHOLE_SHARE = 0.6
"""Zones that take up more of the picture are looked at with the whole of it."""

MARGIN = 0.1
MOST_CLOSE_LOOKS = 2
CLOSE_LOOK_MARGINS = (1.5, 3.0, 2.0, 4.0, 1.0, 6.0)
"""Widths and heights of a doubtful thing around it, look after look: a network needs to see what it
stands on, and knows a thing at one size that it does not know at another (measured)."""

MOST_QUESTIONS = len(CLOSE_LOOK_MARGINS)
TWICE, INSIDE = 0.6, 0.8
MADE_OF_PARTS = frozenset({Subject.STALL, Subject.GOODS})


@cache
def meanings() -> Mapping[str, Subject]:
    """Return what the words of usual networks mean to the rules."""
    content = tomllib.loads(files("edge.street").joinpath("meanings.toml").read_text("utf-8"))
    return {
        word: Subject(subject) for subject, words in content["subjects"].items() for word in words
    }


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that stands and that nobody has named.

    Attributes:
        box: Shares of the picture.
        asked: How often it was looked at closely, less than ``MOST_QUESTIONS``.
    """

    box: Box
    asked: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a network saw on one picture.

    Attributes:
        things: Known to the rules, best first.
        parts: Parts of the picture that were looked at.
    """

    things: tuple[Thing, ...]
    parts: tuple[Box, ...]


class Lookout:
    """The network's eyes on one camera; used by one thread."""

    def __init__(
        self,
        detector: ObjectDetector,
        zones: Sequence[Box],
        *,
        close: Sequence[Box] = (),
        words: Mapping[str, Subject] | None = None,
        every_s: float = MOVING_S,
    ) -> None:
        """Decide what to look at.

        Args:
            detector: The network.
            zones: Boxes of the zones that have rules.
            close: Boxes that are looked at on their own besides, as their things are small.
            words: What the network's words mean, beyond the usual.
            every_s: Between two looks while something moves.
        """
        self._detector = detector
        self._every_s = every_s
        self._words = {**meanings(), **(words or {})}
        area = _within(widened(around(zones), MARGIN)) if zones else (0.0, 0.0, 1.0, 1.0)
        self._area = (0.0, 0.0, 1.0, 1.0) if box_area(area) > WHOLE_SHARE else area
        self._close = tuple(_within(box) for box in close)
        self._looked_s = float("-inf")

    def due(self, mono_s: float, *, moving: bool, pending: bool) -> bool:
        """Return whether to look at a picture."""
        interval_s = self._every_s if moving else PENDING_S if pending else QUIET_S
        # A picture a hair before its time will do: time stamps are rounded.
        return mono_s - self._looked_s >= interval_s - 0.05

    def look(self, frame: Frame, mono_s: float, *, doubtful: Sequence[Doubt]) -> Look:
        """Look at a picture.

        Args:
            frame: The picture.
            mono_s: Stream time.
            doubtful: Things that nobody has named; at most ``MOST_CLOSE_LOOKS``.
        """
        self._looked_s = mono_s
        closer = [
            _within(widened(doubt.box, CLOSE_LOOK_MARGINS[doubt.asked])) for doubt in doubtful
        ]
        parts = (self._area, *self._close, *closer)
        picture = frame.bgr(self._needed_px(frame, parts))
        height, width = picture.shape[:2]
        scale = np.array([width, height, width, height], np.float32)
        found = detect_regions(
            self._detector, picture, [np.asarray(part, np.float32) * scale for part in parts]
        )
        return Look(tuple(self._things(found, width, height)), parts)

    def _needed_px(self, frame: Frame, parts: Sequence[Box]) -> int | None:
        """Return the longer side at which the smallest part fills the network's input."""
        width, height = frame.size_wh
        longer = max(
            self._detector.input_px
            / max((part[2] - part[0]) * width, (part[3] - part[1]) * height, 1.0)
            for part in parts
        ) * max(width, height)
        return None if longer >= max(width, height) else round(longer)

    def _things(self, found: Detections, width: int, height: int) -> list[Thing]:
        things: list[Thing] = []
        for row in range(len(found)):
            label = found.label_of(row)
            subject = self._words.get(label)
            if subject is None:
                continue
            x1, y1, x2, y2 = (float(edge) for edge in found.boxes_xyxy[row])
            box = _within((x1 / width, y1 / height, x2 / width, y2 / height))
            if any(one.subject is subject and _is_same(one.box, box, subject) for one in things):
                continue
            things.append(Thing(subject, label, box, float(found.scores[row])))
        return things


def _is_same(one: Box, other: Box, subject: Subject) -> bool:
    """Return whether two boxes of a subject are one thing to the rules.

    A network may call one vehicle a car and a truck, and see a stall's awning inside the stall.
    """
    if overlap(one, other) > TWICE:
        return True
    inside = max(covered(one, other), covered(other, one))
    return subject in MADE_OF_PARTS and inside > INSIDE


def _within(box: Box) -> Box:
    return (max(box[0], 0.0), max(box[1], 0.0), min(box[2], 1.0), min(box[3], 1.0))
