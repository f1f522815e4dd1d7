"""From evidence in cells to regions that grow old: what smoke and flame have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.burning.cells import CellFrame
from edge.burning.edges import CELL_PX, Floats, Mask
from edge.domain.geometry import Box

Indices = npt.NDArray[np.intp]
FLOOR, CEILING = -3.0, 3.0
"""Of a cell's evidence in logits: one second's surprise must not outweigh a minute."""

OUTLIER_SPREADS = 3.0
AGE_LOSS = 2.0
"""Seconds of age that a cell loses in a second without evidence."""

AGE_PERCENTILE = 75.0
YOUNG_S = 3.0
SLOW_STEP_S = 0.3
"""Between distinct pictures, from which on stricter limits hold."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One part of the evidence: ``weight * (value - middle) / spread``, in logits."""

    name: str
    middle: float
    spread: float
    weight: float

    def logit(self, value: Floats) -> Floats:
        """Return what a value in every cell says."""
        standard = np.clip((value - self.middle) / self.spread, -OUTLIER_SPREADS, OUTLIER_SPREADS)
        return np.asarray(self.weight * standard, np.float32)


@dataclass(frozen=True, slots=True)
class Plume:
    """A region that looks like smoke or flame.

    Attributes:
        box_xyxy: Its corners as shares of the picture.
        score: In [0, 1], monotonic in the evidence; not a measured probability.
        age_s: For how long there has been evidence there.
        alarm: Whether it suffices by itself.
        evidence: Named parts; those of weight are logits, above 0 in favour.
        missing: Cues that do not speak for it.
    """

    box_xyxy: Box
    score: float
    age_s: float
    alarm: bool
    evidence: tuple[tuple[str, float], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Connected cells of enough evidence.

    Attributes:
        cells: ``(rows, columns)``, which.
        area: How many.
        box_xyxy: Corners in cells.
        mean, peak: Of the evidence, in logits.
        age_s: That three quarters of its cells do not exceed.
        growth: Share of its cells that are young, 0 while the whole region is.
        held: Whether part of it was held at the last evaluation.
    """

    cells: Mask
    area: int
    box_xyxy: tuple[int, int, int, int]
    mean: float
    peak: float
    age_s: float
    growth: float
    held: bool

    def mean_of(self, values: Floats) -> float:
        """Return the mean of a value over the region."""
        return float(values[self.cells].mean())

    def shares(self, size_wh: tuple[int, int]) -> Box:
        """Return the box as shares of a picture."""
        left, top, right, bottom = (CELL_PX * edge for edge in self.box_xyxy)
        width, height = size_wh
        return left / width, top / height, min(right / width, 1.0), min(bottom / height, 1.0)


class EvidenceField:
    """Evidence of every cell over time; used by one thread."""

    def __init__(self, shape: tuple[int, int], *, tau_s: float, threshold: float) -> None:
        """Begin without evidence.

        Args:
            shape: Rows and columns.
            tau_s: Time constant of the evidence.
            threshold: Evidence from which on a cell belongs to a region.
        """
        self._tau_s, self._threshold = tau_s, threshold
        self._level = np.full(shape, FLOOR, np.float32)
        self._age_s = np.zeros(shape, np.float32)
        self._held = np.zeros(shape, bool)
        self._holding = np.zeros(shape, bool)

    def hold(self, region: Region) -> None:
        """Remember a region until the next evaluation."""
        self._holding |= region.cells

    def add(self, logit: Floats, elapsed_s: float) -> None:
        """Add the evidence of one evaluation."""
        weight = np.float32(1 - np.exp(-elapsed_s / self._tau_s))
        self._level += weight * (logit - self._level)
        self._held, self._holding = self._holding, np.zeros_like(self._holding)
        regions = (self._level > self._threshold).astype(np.uint8)
        near = cv2.dilate(regions, np.ones((3, 3), np.uint8)) > 0
        faded = np.maximum(self._age_s - AGE_LOSS * elapsed_s, 0)
        self._age_s = np.where(near, self._age_s + elapsed_s, faded).astype(np.float32)

    @property
    def inside(self) -> Mask:
        """Return which cells belong to a region."""
        return np.asarray(self._level > self._threshold)

    def regions(self) -> Iterator[Region]:
        """Yield the regions, from the top left on."""
        inside = (self._level > self._threshold).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
        for label in range(1, count):
            cells = labels == label
            left, top, width, height, area = (int(value) for value in stats[label])
            level, ages_s = self._level[cells], self._age_s[cells]
            age_s = float(np.percentile(ages_s, AGE_PERCENTILE))
            yield Region(
                cells=cells,
                area=area,
                box_xyxy=(left, top, left + width, top + height),
                mean=float(level.mean()),
                peak=float(level.max()),
                age_s=age_s,
                growth=float((ages_s <= YOUNG_S).mean()) if age_s > YOUNG_S else 0.0,
                held=bool(self._held[cells].any()),
            )


def repeats(frames: Sequence[CellFrame]) -> bool:
    """Return whether the distinct pictures of a window are too far apart for the usual limits."""
    return bool(np.mean([frame.elapsed_s for frame in frames]) > SLOW_STEP_S)


def mean_over(frames: Sequence[CellFrame], name: str) -> Floats:
    """Return the mean over time of one attribute of the frames, by name."""
    return np.asarray(np.mean([getattr(frame, name) for frame in frames], axis=0), np.float32)


def taken(frames: Sequence[CellFrame], name: str, where: Indices) -> Floats:
    """Return ``(frames, N)`` of one attribute of the frames, by name, in some cells."""
    return np.stack([getattr(frame, name).take(where) for frame in frames])


def burstiness(values: Sequence[Floats] | Floats, floor: float) -> Floats:
    """Return how unevenly something happens in time: log 2 where evenly, more where in bursts."""
    stack = np.asarray(values)
    square, mean = (stack * stack).mean(axis=0), stack.mean(axis=0)
    return np.asarray(np.log(square / (mean * mean + floor) + 1), np.float32)


def sigmoid(logit: float) -> float:
    """Return a score in (0, 1)."""
    return float(1 / (1 + np.exp(-logit)))
