"""What changes in each 8 x 8 cell of a small picture: the ground on which smoke and flame stand.

All arrays of one picture are ``(rows, columns)`` float32, one value a cell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from edge.burning.edges import CELL_PX, Edges, Floats, Mask, Pixels
from edge.burning.fire_colours import flame_coloured, flame_core, turnover
from edge.domain.geometry import Polygon
from edge.pixels.median import median
from edge.pixels.shake import Anchor, undo

LONGEST_PX = 480
"""Of the longer side; the limits are in levels of pictures of about this size."""

DUPLICATE_LEVELS = 0.08
"""Mean change below which a picture is the one before again (slow sources are repeated)."""

CUT_LEVELS = 30.0
"""Mean change above which it is another scene."""

GAIN_OFFSET = 8.0
"""Keeps the gain of black cells finite; measured with the coefficients."""

BACKGROUND_LEVELS_PER_S, CHROMA_LEVELS_PER_S = 0.5, 0.3
SETTLING_LEVELS_PER_S, SETTLING_S = 6.0, 3.0
"""The background follows fast at first: the first picture may show somebody passing."""

LEAST_SHAKE_PX = 0.15
"""Less than this is not worth the blur of moving the picture."""

SHAKE_LEVELS = 0.8
"""Mean change below which the camera is where it was; saves a third of the cost."""

BACKGROUND_EVERY_S = 0.5
"""It moves by at most a quarter of a level in between."""

SMOOTH_PX = 7
FLOW_SCALE = 4
FLOW_SUM_PX = 5
FLOW_DAMPING = 0.5
"""On the diagonal of the flow's normal equations: no flow where there is no texture."""


@dataclass(frozen=True, slots=True, eq=False)
class CellFrame:
    """One picture, by cells.

    Attributes:
        mono_s: Stream time.
        elapsed_s: Since the distinct picture before.
        change: Mean absolute change of luma, common gain taken out.
        smooth_change: The same of the change smoothed over 7 x 7: noise and edges taken out.
        usual_change: Median of ``smooth_change``.
        edges, background_edges: Mean square gradient of the picture and of the background.
        new_edges: Share of a picture's edges that the background does not explain.
        right, down: Flow in pixels of the picture a step.
        luma: Mean.
        chroma_gain: Distance from grey now, less the background's: below 0 where colour faded.
        flame: Share of flame-coloured pixels.
        lit, died: Share of pixels that became and that ceased to be so, by a large change: the
            threshold crossed by a codec's noise on something orange is none.
        core: Share of pixels as bright as the inside of a flame.
    """

    mono_s: float
    elapsed_s: float
    change: Floats
    smooth_change: Floats
    usual_change: float
    edges: Floats
    background_edges: Floats
    new_edges: Floats
    right: Floats
    down: Floats
    luma: Floats
    chroma_gain: Floats
    flame: Floats
    lit: Floats
    died: Floats
    core: Floats


@dataclass(frozen=True, slots=True, eq=False)
class LateFrame:
    """A picture by cells, of which the one before is too long ago for more; as ``CellFrame``.

    Attributes:
        new_edges: Works them out in some cells; 0 elsewhere.
    """

    change: Floats
    smooth_change: Floats
    usual_change: float
    lit: Floats
    died: Floats
    new_edges: Callable[[Mask], Floats]


@dataclass(frozen=True, slots=True)
class Glance:
    """What a picture was good for.

    Attributes:
        frame: Its cells; None for the first picture, a duplicate or a cut.
        late: The same, of a late picture.
        restarted: Whether the scene began anew: what is known of it no longer holds.
    """

    frame: CellFrame | None = None
    late: LateFrame | None = None
    restarted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Changes:
    """What every picture is asked for, as in ``CellFrame``; ``gain`` is that of the luma."""

    elapsed_s: float
    gain: float
    quarter_before: Floats
    change: Floats
    smooth_change: Floats
    usual_change: float
    chroma_gain: Floats
    lit: Floats
    died: Floats


class CellEye:
    """Turns the pictures of one camera into cells; used by one thread."""

    def __init__(self) -> None:
        self._luma: Pixels | None = None
        self._unmoved: Pixels | None = None
        self._shift = np.zeros(2, np.float32)
        self._mono_s = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """Return the rows and columns of the last picture."""
        height, width = (0, 0) if self._luma is None else self._luma.shape
        return height // CELL_PX, width // CELL_PX

    def observe(self, bgr: Pixels, mono_s: float, *, late: bool = False) -> Glance:
        """Return the cells of a picture, compared with the one before.

        Args:
            bgr: ``(h, w, 3)``.
            mono_s: Stream time.
            late: The one before is too long ago for flow to say anything.

        Raises:
            ValueError: It is larger than the limits were measured for, or smaller than a cell.
        """
        height, width = (side // CELL_PX * CELL_PX for side in bgr.shape[:2])
        if max(height, width) > LONGEST_PX or min(height, width) == 0:
            raise ValueError(f"{bgr.shape[1]} x {bgr.shape[0]}: longer side beyond {LONGEST_PX}")
        picture = np.ascontiguousarray(bgr[:height, :width])
        luma = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        before, last = self._luma, self._unmoved
        if before is None or last is None or before.shape != luma.shape:
            return self._begin(picture, luma, mono_s)
        level = cv2.norm(luma, last, cv2.NORM_L1) / luma.size
        if level < DUPLICATE_LEVELS:
            return Glance()
        if level > CUT_LEVELS:
            return self._begin(picture, luma, mono_s)
        self._unmoved = luma
        if level >= SHAKE_LEVELS:
            self._shift = self._anchor.displacement(luma)
        if np.abs(self._shift).max() >= LEAST_SHAKE_PX:
            picture, luma = undo(picture, self._shift), undo(luma, self._shift)
        changes = self._compare(picture, luma, before, mono_s)
        if late:
            return Glance(late=self._late(changes, luma))
        return Glance(self._whole(changes, picture, luma))

    def _begin(self, picture: Pixels, luma: Pixels, mono_s: float) -> Glance:
        self._luma, self._unmoved, self._shift = luma, luma, np.zeros(2, np.float32)
        self._mono_s, self._begun_s = mono_s, mono_s
        self._background = luma.astype(np.float32)
        self._behold(luma)
        self._learnt_s = mono_s
        self._chroma = _chroma(picture)
        self._picture, self._flame = picture, flame_coloured(picture)
        self._quarter, self._mean_luma = _quarter(luma), _mean(luma)
        return Glance(restarted=True)

    def _behold(self, background: Pixels) -> None:
        """Let pictures be held against another background from now on."""
        self._edges, self._anchor = Edges(background), Anchor(background)

    def _compare(self, picture: Pixels, luma: Pixels, before: Pixels, mono_s: float) -> "_Changes":
        elapsed_s = max(mono_s - self._mono_s, 0.0)
        self._luma, self._mono_s = luma, mono_s
        now, then = _mean(luma), self._mean_luma
        self._mean_luma = now
        gain = float(median(((now + GAIN_OFFSET) / (then + GAIN_OFFSET)).ravel()))
        change = cv2.addWeighted(
            luma, 1.0, before, -gain, -GAIN_OFFSET * (gain - 1.0), dtype=cv2.CV_32F
        )
        smooth = cv2.blur(change, (SMOOTH_PX, SMOOTH_PX))
        smooth_change = _mean(np.abs(smooth, out=smooth))
        if mono_s - self._learnt_s >= BACKGROUND_EVERY_S:
            self._learn(luma, mono_s)
        quarter, self._quarter = self._quarter, _quarter(luma)
        flame, was_flame = flame_coloured(picture), self._flame
        lit, died = turnover(picture, self._picture, flame, was_flame)
        self._picture, self._flame = picture, flame
        return _Changes(
            elapsed_s=elapsed_s,
            gain=gain,
            quarter_before=quarter,
            change=_mean(np.abs(change, out=change)),
            smooth_change=smooth_change,
            usual_change=float(median(smooth_change.ravel())),
            chroma_gain=self._fade(picture, mono_s, elapsed_s),
            lit=_share(lit),
            died=_share(died),
        )

    def _late(self, changes: "_Changes", luma: Pixels) -> LateFrame:
        return LateFrame(
            change=changes.change,
            smooth_change=changes.smooth_change,
            usual_change=changes.usual_change,
            lit=changes.lit,
            died=changes.died,
            new_edges=partial(self._edges.new_in, luma),
        )

    def _whole(self, changes: "_Changes", picture: Pixels, luma: Pixels) -> CellFrame:
        edges, background_edges, new_edges = self._edges.beside(luma)
        right, down = _flow(changes.quarter_before, self._quarter, changes.gain)
        return CellFrame(
            mono_s=self._mono_s,
            elapsed_s=changes.elapsed_s,
            change=changes.change,
            smooth_change=changes.smooth_change,
            usual_change=changes.usual_change,
            edges=edges,
            background_edges=background_edges,
            new_edges=new_edges,
            right=right,
            down=down,
            luma=self._mean_luma,
            chroma_gain=changes.chroma_gain,
            flame=_share(self._flame),
            lit=changes.lit,
            died=changes.died,
            core=_share(flame_core(picture, luma)),
        )

    def _learn(self, luma: Pixels, mono_s: float) -> None:
        """Let the background follow: a median in time, approximated by bounded steps."""
        settling = mono_s - self._begun_s < SETTLING_S
        per_s = SETTLING_LEVELS_PER_S if settling else BACKGROUND_LEVELS_PER_S
        most = (mono_s - self._learnt_s) * per_s
        self._learnt_s = mono_s
        step = cv2.subtract(luma, self._background, dtype=cv2.CV_32F)
        self._background += np.clip(step, -most, most, out=step)
        self._behold(np.asarray(cv2.convertScaleAbs(self._background), np.uint8))

    def _fade(self, picture: Pixels, mono_s: float, elapsed_s: float) -> Floats:
        chroma = _chroma(picture)
        settling = mono_s - self._begun_s < SETTLING_S
        most = elapsed_s * (SETTLING_LEVELS_PER_S if settling else CHROMA_LEVELS_PER_S)
        self._chroma = self._chroma + np.clip(chroma - self._chroma, -most, most)
        gain = np.hypot(chroma[0], chroma[1]) - np.hypot(self._chroma[0], self._chroma[1])
        return np.asarray(gain, np.float32)


def outline(shape: tuple[int, int], ignore: Sequence[Polygon], only: Sequence[Polygon]) -> Mask:
    """Return which of ``(rows, columns)`` cells are watched.

    Args:
        shape: Rows and columns.
        ignore: Polygons, shares of the picture, that are not.
        only: Polygons outside of which nothing is; empty for the whole picture.
    """
    watched = np.full(shape, 0 if only else 1, np.uint8)
    for polygons, value in ((only, 1), (ignore, 0)):
        for polygon in polygons:
            corners = np.asarray(polygon, np.float32) * np.array(shape[::-1], np.float32) - 0.5
            cv2.fillPoly(watched, [corners.round().astype(np.int32)], value)
    return watched > 0


def _mean(picture: npt.NDArray[np.uint8] | npt.NDArray[np.floating]) -> Floats:
    """Return the mean of every cell."""
    size_wh = (picture.shape[1] // CELL_PX, picture.shape[0] // CELL_PX)
    levels = picture.astype(np.float32, copy=False)
    return np.asarray(cv2.resize(levels, size_wh, interpolation=cv2.INTER_AREA), np.float32)


def _floats(values: npt.NDArray[np.floating]) -> Floats:
    return np.asarray(values, np.float32)


def _share(mask: Pixels) -> Floats:
    """Return the share of every cell that is 255; to 1/255."""
    size_wh = (mask.shape[1] // CELL_PX, mask.shape[0] // CELL_PX)
    if not mask.any():  # as nearly always
        return np.zeros(size_wh[::-1], np.float32)
    small = cv2.resize(mask, size_wh, interpolation=cv2.INTER_AREA)
    return _floats(small.astype(np.float32) / 255)


def _chroma(picture: Pixels) -> Floats:
    """Return ``(2, rows, columns)`` distances of red and blue from luma, 0 for grey."""
    size_wh = (picture.shape[1] // CELL_PX, picture.shape[0] // CELL_PX)
    small = cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA)
    ycrcb = cv2.cvtColor(small, cv2.COLOR_BGR2YCrCb).astype(np.float32)
    return _floats(np.stack([ycrcb[..., 1], ycrcb[..., 2]]) - 128)


def _quarter(luma: Pixels) -> Floats:
    size_wh = (luma.shape[1] // FLOW_SCALE, luma.shape[0] // FLOW_SCALE)
    small = cv2.resize(luma, size_wh, interpolation=cv2.INTER_AREA)
    return small.astype(np.float32)


def _flow(then: Floats, now: Floats, gain: float) -> tuple[Floats, Floats]:
    """Return the flow by least squares over each cell (Lucas and Kanade, 1981)."""
    in_time = now - gain * then - GAIN_OFFSET * (gain - 1.0)
    middle = (now + then) / 2
    in_x = cv2.Sobel(middle, cv2.CV_32F, 1, 0, ksize=1, scale=0.5)
    in_y = cv2.Sobel(middle, cv2.CV_32F, 0, 1, ksize=1, scale=0.5)
    products = (in_x * in_x, in_y * in_y, in_x * in_y, in_x * in_time, in_y * in_time)
    xx, yy, xy, xt, yt = (_flow_sum(product) for product in products)
    xx, yy = xx + FLOW_DAMPING, yy + FLOW_DAMPING
    determinant = xx * yy - xy * xy
    right = (xy * yt - yy * xt) / determinant
    down = (xy * xt - xx * yt) / determinant
    return _floats(FLOW_SCALE * right), _floats(FLOW_SCALE * down)


def _flow_sum(product: npt.NDArray[np.floating]) -> Floats:
    """Return the sum around the middle of every cell, of a picture a quarter as wide."""
    window = (FLOW_SUM_PX, FLOW_SUM_PX)
    summed = cv2.boxFilter(product, cv2.CV_32F, window, normalize=False)
    step = CELL_PX // FLOW_SCALE
    return np.asarray(summed[step // 2 :: step, step // 2 :: step], np.float32)
